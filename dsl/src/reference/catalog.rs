//! The table of the catalog's actions.

use super::code;
use engine::{
    catalog::{ACTIONS, ActionSpec, ParamSpec, Presence},
    expression::Expr,
};

/// Returns what there is to know about each action of the catalog, as Markdown.
#[must_use]
pub fn catalog_table() -> String {
    let mut out = String::from("| `do` | takes | risk | on | |\n|---|---|---|---|---|\n");
    for action in ACTIONS {
        let ActionSpec { name, aliases, doc, risk, params, targets, .. } = action;
        let names: Vec<String> = std::iter::once(name).chain(*aliases).map(|name| code(name)).collect();
        let params: Vec<String> = params.iter().map(|spec| code(&param(spec))).collect();
        let targets: Vec<&str> = targets.iter().map(|kind| kind.as_str()).collect();
        out.push_str(&format!(
            "| {} | {} | {} | {} | {doc} |\n",
            names.join("<br>"),
            params.join("<br>"),
            risk.as_str(),
            targets.join(", ")
        ));
    }
    out
}

/// Returns a param as it would be declared.
fn param(spec: &ParamSpec) -> String {
    let (name, ty) = (spec.name, spec.ty.ty());
    match (spec.presence, spec.presence.default()) {
        (Presence::Optional, _) => format!("{name}: {ty}?"),
        (_, Some(default)) => format!("{name}: {ty} = {}", Expr::Literal(default)),
        (_, None) => format!("{name}: {ty}"),
    }
}

#[cfg(test)]
mod tests {
    use super::param;

    #[test]
    fn params_look_as_they_would_be_declared() {
        let look = |action: &str, name: &str| {
            let action = engine::catalog::find(action);
            action.and_then(|action| action.param(name)).map(param).unwrap_or_default()
        };
        assert_eq!(look("git_log", "limit"), "limit: int = 10");
        assert_eq!(look("git_diff", "staged"), "staged: bool = false");
        assert_eq!(look("git_commit", "message"), "message: string");
    }
}
