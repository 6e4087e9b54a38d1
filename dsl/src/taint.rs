//! Where text from outside goes: through outputs and lets of a workflow, and through calls into another.
//!
//! The checker follows a value through one expression. This goes before it and over the borders between expressions,
//! by what they mention: rather too much than too little, as types that hold no free text are taken out when read.

use crate::{
    names::{ActionKind, Names, is_cleaned},
    walk,
};
use grammar::tree::{Expr, ExprKind};
use std::collections::BTreeSet;

/// Marks outputs, and the params of called workflows, that may hold what an outsider wrote.
///
/// `order` has each workflow after those it calls. Outputs go up that way, arguments go down the other way.
pub(crate) fn spread(names: &mut [Option<Names<'_>>], order: &[usize]) {
    for down in [false, true, false] {
        let walked: Vec<usize> = if down { order.iter().rev().copied().collect() } else { order.to_vec() };
        for index in walked {
            take_from_callees(names, index);
            if let Some(own) = names.get_mut(index).and_then(Option::as_mut) {
                within(own);
            }
            if down {
                give_to_callees(names, index);
            }
        }
    }
}

/// An output of a call holds what the callee's own may hold.
fn take_from_callees(names: &mut [Option<Names<'_>>], index: usize) {
    let Some(own) = names.get(index).and_then(Option::as_ref) else { return };
    let mut marks: Vec<(usize, usize)> = Vec::new();
    for (at, step) in own.steps.iter().enumerate() {
        let Some(ActionKind::Call(Some(callee))) = step.action else { continue };
        let Some(callee) = names.get(callee).and_then(Option::as_ref) else { continue };
        for (output_at, output) in step.outputs.iter().enumerate() {
            let declared = callee.workflow.fields.iter().flat_map(|fields| fields.declared("output"));
            let mut declared = declared.filter(|it| &*it.name().text == output.name);
            if declared
                .any(|it| it.syntax.value.as_ref().is_some_and(|value| is_tainted(callee, None, value)))
            {
                marks.push((at, output_at));
            }
        }
    }
    let Some(own) = names.get_mut(index).and_then(Option::as_mut) else { return };
    for (step, output) in marks {
        if let Some(output) = own.steps.get_mut(step).and_then(|step| step.outputs.get_mut(output)) {
            output.untrusted = true;
        }
    }
}

/// A param holds what any call gives it, unless it is held by a check of its own.
fn give_to_callees(names: &mut [Option<Names<'_>>], index: usize) {
    let Some(own) = names.get(index).and_then(Option::as_ref) else { return };
    let mut marks: Vec<(usize, String)> = Vec::new();
    for (at, step) in own.steps.iter().enumerate() {
        let Some(ActionKind::Call(Some(callee))) = step.action else { continue };
        for setting in step.fields.section("call").into_iter().flat_map(|call| &call.fields.settings) {
            if is_tainted(own, Some(at), &setting.value) {
                marks.push((callee, setting.key.text.to_string()));
            }
        }
    }
    for (callee, param) in marks {
        let callee = names.get_mut(callee).and_then(Option::as_mut);
        if let Some(param) = callee.and_then(|callee| callee.params.get_mut(&*param)) {
            param.untrusted |= !is_cleaned(param.declared, param.ty.as_ref());
        }
    }
}

/// Goes through lets and outputs until nothing more is marked.
fn within(names: &mut Names<'_>) {
    loop {
        let lets: BTreeSet<String> = names
            .lets
            .iter()
            .filter(|(name, _)| !names.tainted_lets.contains(**name))
            .filter(|(_, it)| it.syntax.value.as_ref().is_some_and(|value| is_tainted(names, None, value)))
            .map(|(name, _)| (*name).to_owned())
            .collect();
        let mut marks: Vec<(usize, usize)> = Vec::new();
        for (at, step) in names.steps.iter().enumerate() {
            let declared = step.fields.declared("output");
            for (output_at, (declared, output)) in declared.zip(&step.outputs).enumerate() {
                let value = declared.syntax.value.as_ref();
                if !output.untrusted && value.is_some_and(|value| is_tainted(names, Some(at), value)) {
                    marks.push((at, output_at));
                }
            }
        }
        if lets.is_empty() && marks.is_empty() {
            return;
        }
        names.tainted_lets.extend(lets);
        for (step, output) in marks {
            if let Some(output) = names.steps.get_mut(step).and_then(|step| step.outputs.get_mut(output)) {
                output.untrusted = true;
            }
        }
    }
}

/// Returns whether an expression mentions anything that may hold what an outsider wrote.
fn is_tainted(names: &Names<'_>, step: Option<usize>, written: &Expr) -> bool {
    let own = step.and_then(|at| names.steps.get(at));
    let mut tainted = false;
    walk::expressions(written, &mut |expr| {
        let ExprKind::Member(..) = &expr.kind else { return };
        let Some(words) = walk::chain(expr) else { return };
        let words: Vec<&str> = words.into_iter().map(|(word, _)| word).collect();
        tainted |= match words.as_slice() {
            ["event", _] => true,
            ["param", name] => names.params.get(name).is_some_and(|param| param.untrusted),
            ["let", name] => names.tainted_lets.contains(*name),
            ["result", _] => own.and_then(|own| own.action).is_some_and(ActionKind::is_untrusted),
            ["each", "value" | "key"] => {
                own.and_then(|own| own.for_each).is_some_and(|over| is_tainted(names, None, over))
            }
            ["step", name, "output", output] => names
                .find(name)
                .is_some_and(|(_, step)| step.outputs.iter().any(|it| it.name == *output && it.untrusted)),
            ["self", "output", output] => {
                own.is_some_and(|own| own.outputs.iter().any(|it| it.name == *output && it.untrusted))
            }
            _ => false,
        };
    });
    tainted
}
