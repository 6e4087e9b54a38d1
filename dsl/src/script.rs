//! x
use crate::names::Names;
use grammar::Diagnostic;
pub(crate) fn check(_names: &Names<'_>, _found: &mut Vec<Diagnostic>) {}
