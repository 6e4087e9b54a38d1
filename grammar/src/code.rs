//! The stable codes of everything the compiler says; each has a page in `docs/codes/`.
//!
//! The list is closed, so a code without a page, a case or a meaning cannot exist unnoticed.

use crate::diagnostic::Severity;
use std::{fmt, str::FromStr};

macro_rules! codes {
    ($($name:ident $title:literal)*) => {
        /// The code of a diagnostic: `E` is an error, `W` a warning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $title] $name,)*
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Returns the code as it is printed.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// Returns what the code is about, in a few words.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)*
                }
            }
        }
    };
}

codes! {
    E0001 "a quote is missing"
    E0002 "heredoc is not well formed"
    E0003 "`//` and `/* */` are not comments"
    E0004 "stray `;` or `,`"
    E0005 "text uses double quotes"
    E0006 "`${ }` is only for text"
    E0007 "missing `,` between items"
    E0008 "unknown escape"
    E0009 "not a number"
    E0010 "`and`, `or` and `not` are not operators"
    E0011 "objects use `=`, not `:`"
    E0012 "a bracket is never closed"
    E0013 "a bracket closes nothing"
    E0014 "missing `:` before the type"
    E0015 "`=` inside an expression"
    E0016 "control or bidirectional character"
    E0017 "nested too deeply"
    E0018 "file is too large"
    E0019 "file is not UTF-8 text"
    E0020 "a value is missing"
    E0021 "comparisons do not chain"
    E0022 "does not belong here"
    E0100 "this is not a statement"
    E0101 "unknown setting or block"
    E0102 "unknown word"
    E0103 "a block is written as a setting"
    E0104 "a setting is written as a block"
    E0105 "settings use `=`"
    E0106 "a declaration has no body"
    E0107 "set twice"
    E0108 "declared twice"
    E0109 "step does nothing"
    E0110 "step has two actions"
    E0111 "belongs elsewhere"
    E0112 "something required is missing"
    E0113 "missing or unknown edition"
    E0114 "not a name"
    E0115 "another tool's word"
    E0116 "file has no workflow"
    E0117 "unknown type"
    E0118 "unknown catalog action"
    E0201 "no such step"
    E0202 "unknown root"
    E0203 "step has no such output"
    E0204 "no such param, secret, let or target"
    E0205 "unknown function"
    E0206 "`each` outside a `for_each` step"
    E0207 "`result` and `self` belong to the step that ran"
    E0208 "`event` outside a trigger's `set`"
    E0209 "no such field"
    E0210 "a step is not a value"
    E0211 "step is read before the job runs"
    E0301 "types do not match"
    E0302 "value may be missing"
    E0303 "never equal"
    E0304 "condition is not a bool"
    E0305 "wrong arguments for a function"
    E0306 "default does not fit its type"
    E0307 "not one of the allowed words"
    E0308 "list mixes types"
    E0309 "default breaks its own check"
    E0310 "value cannot go into text"
    E0311 "operator does not take these types"
    E0312 "expected a duration or a size, found a number"
    E0313 "`json` must be converted first"
    E0314 "constant expression fails"
    E0315 "regular expression is not valid"
    E0316 "number is out of range"
    E0401 "steps wait for each other"
    E0402 "step refers to itself"
    E0403 "step can never run"
    E0404 "in both `needs` and `after`"
    E0405 "workflow calls itself"
    E0406 "values need each other"
    E0407 "files import each other"
    E0501 "interpolation inside a script"
    E0502 "value would become code"
    E0503 "script reads an undeclared variable"
    E0504 "secret in an argument"
    E0505 "secret flows where it would be seen"
    E0506 "looks like a credential"
    E0507 "untrusted value chooses the program, host or call"
    E0508 "untrusted value in a dangerous variable"
    E0509 "a list where one argument is expected"
    E0510 "program contains spaces"
    E0511 "shell syntax in `run`"
    E0512 "ssh target has no host key"
    E0513 "program is not written out"
    E0601 "risk without an approval above it"
    E0602 "`for_each` takes a list or a map"
    E0603 "`undo` uses something it will not have"
    E0604 "fan-out output used as one value"
    E0605 "`key` is not unique"
    E0606 "`approve` without approvers"
    E0607 "`cron` is not valid"
    E0608 "step holds the group its callee needs"
    E0701 "cannot find the imported file"
    E0702 "remote import without `sha256`"
    E0703 "hash does not match"
    E0704 "arguments do not match the callee's params"
    E0705 "secret is not available"
    E0706 "unknown kind"
    E0707 "target cannot do this action"
    E0708 "cannot read the imported file"
    E0801 "path leaves the workspace"
    E0802 "two files land on the same path"
    W0901 "declared and never used"
    W0902 "interpolation is not needed"
    W0903 "`needs` repeats a reference"
    W0904 "image is not pinned"
    W0905 "variable is not quoted in the script"
    W0906 "value may be read as an option"
    W0907 "risky step has neither `undo` nor `irreversible`"
    W0908 "retry of a step that may not be repeatable"
    W0909 "approval can be skipped while this step runs"
    W0910 "no `timeout` on a step that waits for others"
    W0911 "condition is always true"
    W0912 "output is declared but never written"
    W0913 "`allow` has no effect"
    W0914 "`allow` without a reason"
    W0915 "another tool's template"
    W0916 "another host with the same host key"
}

impl Code {
    /// Returns whether it is an error or a warning.
    #[must_use]
    pub fn severity(self) -> Severity {
        if self.as_str().starts_with('W') { Severity::Warning } else { Severity::Error }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text names no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCode;

impl FromStr for Code {
    type Err = UnknownCode;

    /// Reads a code; case does not matter.
    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        Self::ALL.iter().copied().find(|code| code.as_str().eq_ignore_ascii_case(text)).ok_or(UnknownCode)
    }
}
