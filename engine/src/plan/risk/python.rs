//! Python: not read as a language, only searched for what its author should be asked about.

use super::finding::Finding;
use crate::plan::Risk::{self, Critical, High, Medium};

/// Texts that say what a program does, whatever stands around them.
const SIGNS: &[(&str, Risk, &str)] = &[
    ("DROP DATABASE", Critical, "drops data of a database"),
    ("DROP SCHEMA", Critical, "drops data of a database"),
    ("DROP TABLE", Critical, "drops data of a database"),
    ("TRUNCATE TABLE", Critical, "empties a table"),
    ("drop table", Critical, "drops data of a database"),
    ("git push --force", Critical, "throws away commits that others may have"),
    ("mkfs", Critical, "destroys what is on a disk"),
    ("terraform destroy", Critical, "destroys infrastructure"),
    ("kubectl delete", High, "deletes from a cluster that others use"),
    ("rm -r", High, "deletes whole folders"),
    ("rm\", \"-r", High, "deletes whole folders"),
    ("rm', '-r", High, "deletes whole folders"),
    ("rmtree(", High, "deletes whole folders"),
    ("sudo", High, "acts as another user"),
    ("terraform apply", High, "changes infrastructure that others use"),
];

/// Looks at a program.
pub(super) fn read(code: &str) -> Finding {
    let mut finding = Finding::new(Medium, "a Python program may do anything");
    for line in code.lines().filter(|line| !line.trim_start().starts_with('#')) {
        for &(sign, risk, why) in SIGNS {
            if line.contains(sign) {
                finding = finding.max(Finding::new(risk, why));
            }
        }
    }
    finding
}
