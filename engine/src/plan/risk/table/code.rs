//! Programs that work on source: version control, builds, and the packages they publish.

use super::{
    Globals, Row,
    When::{MoreOperandsThan, Operand, Option, Without},
    globals_of, row,
};
use crate::plan::Risk::{Critical, High, Low, Medium};

const BUILDS: &str = "builds or checks, and leaves at most what the next build leaves again";
const LOOKS: &str = "only looks";
const REPOSITORY: &str = "changes the repository";
const PUSHES: &str = "sends commits to where others see them";
const REWRITES: &str = "throws away commits that others may have";
const LOSES: &str = "throws away work that is not committed";
const PUBLISHES: &str = "publishes something that cannot be called back";
const FETCHES: &str = "installs packages, which may run code of other people";
const GITHUB: &str = "changes what others see on GitHub";
const SOURCE: &str = "rewrites source";

pub(super) const GLOBALS: &[Globals] = &[
    Globals {
        program: "cargo",
        valued: &["-C", "--color", "--config", "-Z"],
        flags: &["-q", "--quiet", "-v", "--verbose", "--frozen", "--locked", "--offline"],
        skips_plus: true,
    },
    globals_of("gh", &["-R", "--repo", "--hostname"], &[]),
    globals_of(
        "git",
        &["-C", "--git-dir", "--namespace", "--work-tree"],
        &["--bare", "--literal-pathspecs", "--no-optional-locks", "--no-pager", "-P"],
    ),
    globals_of("go", &["-C"], &[]),
    globals_of(
        "npm",
        &["-C", "--prefix", "-w", "--workspace", "--cwd"],
        &["-s", "--silent", "-ws", "--workspaces"],
    ),
];

// One row on one line where it fits: a table is read downwards.
#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("black", "", &[Option(&["--check", "--diff"])], Low, LOOKS),
    row("bundle", "check|list|outdated|show", &[], Low, LOOKS),
    row("cargo", "add|fetch|fix|generate-lockfile|init|install|new|remove|run|r|uninstall|update|vendor",
        &[], Medium, "changes the project, or runs its programs"),
    row("cargo", "bench|build|b|check|c|clippy|doc|d|locate-project|metadata|nextest|pkgid|test|t|tree|\
        verify-project|version|audit|deny", &[], Low, BUILDS),
    row("cargo", "clean", &[], Medium, "deletes what was built"),
    row("cargo", "clippy", &[Option(&["--fix"])], Medium, SOURCE),
    row("cargo", "fmt", &[Option(&["--check"])], Low, LOOKS),
    row("cargo", "fmt", &[Without(&["--check"])], Medium, SOURCE),
    row("cargo", "login|logout|owner|yank", &[], High, PUBLISHES),
    row("cargo", "publish", &[], High, PUBLISHES),
    row("eslint", "", &[Option(&["--fix", "--fix-type"])], Medium, SOURCE),
    row("gem", "list|search|outdated|environment", &[], Low, LOOKS),
    row("gem", "push|yank", &[], High, PUBLISHES),
    row("gh", "* create|close|comment|edit|lock|merge|pin|ready|rename|reopen|rerun|review|run|set|sync|\
        transfer|unlock|upload|archive|fork|enable|disable|cancel", &[], High, GITHUB),
    row("gh", "* delete", &[], Critical, "deletes what others see on GitHub"),
    row("gh", "api", &[Option(&["-X", "--method"])], High, GITHUB),
    row("gh", "issue|pr|release|repo|run|workflow|label|gist|cache|project|ruleset checks|diff|list|\
        status|view|watch", &[], Low, LOOKS),
    row("git", "blame|cat-file|check-ignore|cherry|count-objects|describe|diff|diff-tree|for-each-ref|\
        fsck|log|ls-files|ls-remote|ls-tree|merge-base|name-rev|rev-list|rev-parse|shortlog|show|show-ref|\
        status|verify-commit|verify-tag|version|whatchanged", &[], Low, LOOKS),
    row("git", "branch", &[Option(&["-D"])], High, LOSES),
    row("git", "clean", &[Option(&["-f", "--force"])], High, LOSES),
    row("git", "diff|log|show|shortlog",
        &[Option(&["--output", "--ext-diff"])], Medium, "writes a file, or starts a program"),
    row("git", "filter-branch|filter-repo", &[], High, REWRITES),
    row("git", "gc", &[Option(&["--prune"])], High, REWRITES),
    row("git", "ls-remote", &[Option(&["--upload-pack", "--exec"])], Medium, "starts a program"),
    row("git", "push", &[], High, PUSHES),
    row("git", "push", &[Operand(&["+", ":"])], Critical, REWRITES),
    row("git", "push",
        &[Option(&["-f", "--force", "-d", "--delete", "--mirror", "--prune"])], Critical, REWRITES),
    row("git", "reflog delete|expire", &[], High, REWRITES),
    row("git", "reset", &[Option(&["--hard"])], High, LOSES),
    row("git", "stash clear|drop", &[], High, LOSES),
    row("git", "update-ref", &[Option(&["-d", "--delete"])], High, REWRITES),
    row("git", "worktree", &[Option(&["-f", "--force"])], High, LOSES),
    row("git", "add|am|apply|bisect|branch|checkout|cherry-pick|clone|commit|config|fetch|gc|init|merge|\
        mv|notes|pull|rebase|remote|reset|restore|revert|rm|stash|submodule|switch|tag|worktree",
        &[], Medium, REPOSITORY),
    row("go", "build|doc|env|list|test|version|vet", &[], Low, BUILDS),
    row("go", "env", &[Option(&["-u", "-w"])], Medium, "changes how Go builds"),
    row("go", "fmt|generate|get|install|mod|run|work",
        &[], Medium, "changes the project, or runs its programs"),
    row("go", "test", &[Option(&["-exec", "-toolexec", "--exec"])], Medium, "starts another program"),
    row("gradle", "build|check|dependencies|projects|properties|tasks|test", &[], Low, BUILDS),
    row("gradle", "publish*", &[], High, PUBLISHES),
    row("isort", "", &[Option(&["-c", "--check", "--check-only", "--diff"])], Low, LOOKS),
    row("json.tool", "", &[MoreOperandsThan(1)], Medium, "writes a file"),
    row("mvn", "compile|test|validate|verify|package", &[], Low, BUILDS),
    row("mvn", "deploy", &[], High, PUBLISHES),
    row("npm", "audit|explain|help|info|list|ls|outdated|pack|ping|prefix|root|search|show|t|test|view|\
        why|whoami", &[], Low, BUILDS),
    row("npm", "audit fix", &[], Medium, FETCHES),
    row("npm", "access|deprecate|dist-tag|owner|publish|star|team|token", &[], High, PUBLISHES),
    row("npm", "add|ci|i|install|link|rebuild|remove|uninstall|up|update|upgrade", &[], Medium, FETCHES),
    row("npm", "unpublish", &[], Critical, "takes away a package that others may depend on"),
    row("pip", "check|debug|freeze|help|index|inspect|list|show", &[], Low, LOOKS),
    row("pip", "install|download|wheel|uninstall", &[], Medium, FETCHES),
    row("poetry", "check|env|search|show|version", &[], Low, LOOKS),
    row("poetry", "publish", &[], High, PUBLISHES),
    row("prettier", "", &[Option(&["-c", "--check", "-l", "--list-different"])], Low, LOOKS),
    row("prettier", "", &[Option(&["-w", "--write"])], Medium, SOURCE),
    row("ruff", "", &[Option(&["--fix", "--fix-only", "--unsafe-fixes"])], Medium, SOURCE),
    row("ruff", "clean|format", &[], Medium, SOURCE),
    row("rustc", "", &[Option(&["--print", "--explain", "-V"])], Low, LOOKS),
    row("rustfmt", "", &[Option(&["--check"])], Low, LOOKS),
    row("rustup", "show|check|which|target list|component list|toolchain list", &[], Low, LOOKS),
    row("svn", "commit|ci|delete|del|import|mkdir|move|mv", &[], High, PUSHES),
    row("svn", "diff|info|list|log|ls|status|st", &[], Low, LOOKS),
    row("twine", "check", &[], Low, LOOKS),
    row("twine", "upload", &[], High, PUBLISHES),
];
