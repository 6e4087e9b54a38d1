//! Templates of other tools, `${{ … }}` and `{{ … }}`: nothing fills them in here, so a program gets them as they stand.
//!
//! Two braces mean something to many programs: `docker inspect --format '{{.Id}}'` is a template of its own, and so is
//! what `sed` replaces in a page. Only what begins as in the tools that people come from is told.

use std::ops::Range;

/// What comes first in a template and has members: `{{ params.day }}`.
const ROOTS: &[&str] = &[
    "params",
    "var",
    "vars",
    "conn",
    "ti",
    "task_instance",
    "dag_run",
    "dag",
    "macros",
    "inputs",
    "outputs",
    "workflow",
    "steps",
    "tasks",
    "pod",
    "item",
    "execution",
    "taskrun",
    "trigger",
    "github",
    "matrix",
    "env",
    "secrets",
    "needs",
    "runner",
    // Ours, written as there.
    "param",
    "let",
    "step",
    "secret",
    "each",
    "job",
    "event",
    "self",
    "result",
];

/// What stands in a template by itself: `{{ ds }}`.
const WORDS: &[&str] = &[
    "ds",
    "ds_nodash",
    "ts",
    "ts_nodash",
    "execution_date",
    "logical_date",
    "data_interval_start",
    "data_interval_end",
    "prev_ds",
    "next_ds",
    "yesterday_ds",
    "tomorrow_ds",
    "run_id",
    "item",
];

/// Returns where templates of other tools stand in a text.
pub(super) fn foreign(text: &str) -> Vec<Range<usize>> {
    let mut hits: Vec<Range<usize>> = Vec::new();
    let mut starts = text.match_indices("{{").map(|(at, _)| at).peekable();
    while let Some(at) = starts.next() {
        if hits.last().is_some_and(|last| at < last.end) {
            continue;
        }
        let (Some(before), Some(rest)) =
            (text.get(..at), text.get(at + 2..starts.peek().copied().unwrap_or(text.len())))
        else {
            continue;
        };
        let line = rest.split('\n').next().unwrap_or_default();
        let Some(length) = line.find("}}") else { continue };
        let Some(inner) = line.get(..length) else { continue };
        let end = at + 2 + length + 2;
        match before.strip_suffix('$') {
            // Whoever writes `\$` wants the sign itself.
            Some(before) if before.ends_with('\\') => {}
            Some(before) if is_expression(inner) => hits.push(before.len()..end),
            None if is_known(inner) => hits.push(at..end),
            Some(_) | None => {}
        }
    }
    hits
}

/// Returns whether this may stand in `${{ }}`, which no shell reads.
fn is_expression(inner: &str) -> bool {
    let inner = inner.trim_start().trim_start_matches('!');
    inner.starts_with(|first: char| first.is_ascii_alphabetic())
}

/// Returns whether a template begins with a name that another tool gives a value; filters may follow.
fn is_known(inner: &str) -> bool {
    let inner = inner.trim();
    let is_word = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let (head, rest) = inner.split_at(inner.find(|char| !is_word(char)).unwrap_or(inner.len()));
    match rest.strip_prefix('.') {
        Some(member) => ROOTS.contains(&head) && member.starts_with(is_word),
        None => {
            let rest = rest.trim_start();
            WORDS.contains(&head) && (rest.is_empty() || rest.starts_with('|'))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::foreign;

    #[test]
    fn templates_of_other_tools_are_known() {
        for text in [
            "${{ github.sha }}",
            "${{secrets.TOKEN}}",
            "${{ !cancelled() }}",
            "{{ ds }}",
            "{{ ds | upper }}",
            "{{inputs.parameters.x}}",
            "{{ params.day }}",
            "{{ param.day }}",
        ] {
            assert_eq!(foreign(text), vec![0..text.len()], "{text}");
        }
        let twice = "a {{ ds }} b ${{ x }}";
        assert_eq!(foreign(twice), vec![2..10, 13..21]);
    }

    #[test]
    fn templates_of_programs_are_left_alone() {
        for text in [
            "docker inspect --format '{{index .RepoDigests 0}}'",
            "docker ps --format '{{.ID}} {{ .Names }}'",
            "kubectl get pods -o go-template='{{range .items}}{{.metadata.name}}{{end}}'",
            "sed s/{{NAME}}/x/",
            "sed s/{{ app.name }}/x/",
            "echo {{a,b},c}",
            "{{ json . }}",
            "{{- printf \"%s\" .x -}}",
            "\\${{ github.sha }}",
            "${{",
            "{{ ds\n}}",
            "{{ item of a list }}",
        ] {
            assert!(foreign(text).is_empty(), "{text}");
        }
    }
}
