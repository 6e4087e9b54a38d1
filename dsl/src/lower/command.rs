//! Argument lists and scripts: where values meet programs.

use super::Lowerer;
use crate::{
    check::{Dynamic, Secrecy, Site, Typed},
    message::{lint, safety, schema, types as message},
    safety as rules,
    schema::words,
    suggest::nearest,
};
use engine::{
    expression::Expr,
    id::Name,
    plan::{Argument, Interpreter, action::Script},
    value::{Type, Value},
};
use grammar::{
    Span,
    tree::{self, ExprKind},
};

/// One checked element of an argument list, and where it stands.
struct Element {
    argument: Argument,
    untrusted: bool,
    span: Span,
}

impl<'a> Lowerer<'a, '_> {
    /// Checks `run`: the program, and its arguments.
    pub(super) fn command(
        &mut self,
        setting: &'a tree::Setting,
        site: Site,
    ) -> Option<(Name, Vec<Argument>)> {
        let written = &setting.value;
        let items = match &written.kind {
            ExprKind::List(items) => items,
            ExprKind::Text(text) => {
                let split = text.literal().and_then(rules::split_command);
                self.checker.found.push(safety::command_line(written.span, split));
                return None;
            }
            _ => {
                if self.checker.want(written, &Type::list(Type::Text), site.with(Secrecy::Argument)).is_some()
                {
                    self.checker.found.push(safety::program_not_literal(written.span));
                }
                return None;
            }
        };
        let Some((first, rest)) = items.split_first() else {
            self.checker.found.push(schema::empty_command(written.span));
            return None;
        };
        let program = self.program(first);
        let arguments = self.arguments(rest, site);
        if let (Some(program), None) = (&program, &arguments) {
            self.code_among_errors(program, rest);
        }
        let (program, arguments) = (program?, arguments?);
        self.look_at(setting, &program, &arguments)?;
        Some((program, arguments.into_iter().map(|element| element.argument).collect()))
    }

    /// Element 0 is written out: what runs must be seen in the file.
    fn program(&mut self, item: &'a tree::Item) -> Option<Name> {
        let literal = match &item.value.kind {
            ExprKind::Text(text) if !item.spread => text.literal(),
            _ => None,
        };
        let span = item.value.span;
        match literal {
            Some("") => {
                self.checker.found.push(schema::empty_command(span));
                None
            }
            Some(program) if program.contains(char::is_whitespace) => {
                let split =
                    rules::split_command(program).map(|list| list.trim_matches(['[', ']']).to_owned());
                self.checker.found.push(safety::program_with_blanks(program, span, split));
                None
            }
            Some(program) => Some(program.into()),
            None => {
                let before = self.checker.found.len();
                let typed = self.checker.any(&item.value, Site::before("run").with(Secrecy::Argument));
                if typed.is_some_and(|typed| typed.untrusted) {
                    self.checker.found.push(safety::untrusted_choice("the program", span));
                } else if self.checker.found.len() == before {
                    self.checker.found.push(safety::program_not_literal(span));
                }
                None
            }
        }
    }

    /// Checks `args` of a script.
    pub(super) fn script_arguments(
        &mut self,
        written: Option<&'a tree::Expr>,
        site: Site,
    ) -> Option<Vec<Argument>> {
        let Some(written) = written else { return Some(Vec::new()) };
        if let ExprKind::List(items) = &written.kind {
            let elements = self.arguments(items, site)?;
            return Some(elements.into_iter().map(|element| element.argument).collect());
        }
        let typed = self.checker.want(written, &Type::list(Type::Text), site.with(Secrecy::Argument))?;
        Some(vec![Argument::Spread(typed.expr)])
    }

    fn arguments(&mut self, items: &'a [tree::Item], site: Site) -> Option<Vec<Element>> {
        let site = site.with(Secrecy::Argument);
        let checked: Vec<Option<Element>> = items.iter().map(|item| self.argument(item, site)).collect();
        checked.into_iter().collect()
    }

    fn argument(&mut self, item: &'a tree::Item, site: Site) -> Option<Element> {
        let span = item.value.span;
        if item.spread {
            let typed = self.checker.any(&item.value, site)?;
            let is_list = matches!(&typed.ty, Type::List(inner) if is_scalar(inner));
            let Typed { expr, untrusted, .. } = if is_list {
                typed
            } else {
                let want = Type::list(Type::Text);
                self.checker.fit(typed, &want, span, Some(&item.value), Dynamic::Refuse, None)?
            };
            return Some(Element { argument: Argument::Spread(expr), untrusted, span });
        }
        let typed = self.checker.any(&item.value, site)?;
        if let Type::List(inner) = &typed.ty
            && is_scalar(inner)
        {
            self.checker.found.push(safety::list_as_argument(self.checker.slice(span), span));
            return None;
        }
        if !is_scalar(&typed.ty) {
            let refused = match &typed.ty {
                Type::List(_) | Type::Map(_) | Type::Record(_) | Type::Artifact => {
                    self.checker.found.push(message::not_for_text(&typed.ty, span));
                    None
                }
                _ => self.checker.fit(typed, &Type::Text, span, Some(&item.value), Dynamic::Refuse, None),
            };
            return refused.map(|typed| Element {
                argument: Argument::One(typed.expr),
                untrusted: typed.untrusted,
                span,
            });
        }
        Some(Element { argument: Argument::One(typed.expr), untrusted: typed.untrusted, span })
    }

    /// Looks at a whole command for values that would become code or options, and for shell syntax.
    fn look_at(&mut self, setting: &tree::Setting, program: &str, elements: &[Element]) -> Option<()> {
        let before = self.checker.found.len();
        let literals: Vec<Option<&str>> = elements
            .iter()
            .map(|element| match &element.argument {
                Argument::One(Expr::Literal(Value::Text(text))) => Some(&**text),
                Argument::One(_) | Argument::Spread(_) => None,
            })
            .collect();
        // The first sign tells it all: the whole command was meant for a shell.
        let sign =
            rules::shell_sign(program, &literals).and_then(|(at, what)| Some((what, elements.get(at)?.span)));
        if let Some((what, span)) = sign {
            let words: Option<Vec<&str>> = std::iter::once(Some(program))
                .chain(literals.iter().copied())
                .collect::<Option<Vec<&str>>>()
                .filter(|_| self.is_alone(setting.span));
            let indent = self.checker.indent(setting.span);
            let script = words
                .map(|words| format!("script = <<SH\n{indent}  {}\n{indent}SH", rules::shell_line(&words)));
            self.checker.found.push(safety::shell_syntax(
                what,
                span,
                script.map(|script| (setting.span, script)),
            ));
        }
        let words = rules::words(elements.iter().map(|element| &element.argument));
        if let Some((code, shown)) = rules::code_operand(program, &words)
            && let Some(element) = elements.get(code)
        {
            self.checker.found.push(safety::becomes_code(&shown, element.span));
        }
        self.assignments(program, &words, elements);
        let errors = self.checker.found.len() > before;
        let options_end = literals.iter().position(|literal| *literal == Some("--")).unwrap_or(usize::MAX);
        for (at, element) in elements.iter().enumerate() {
            if element.untrusted && at < options_end && rules::begins_with_value(&element.argument) {
                let text = self.checker.slice(element.span).trim_matches('"').to_owned();
                self.checker.found.push(lint::may_be_option(&text, element.span));
            }
        }
        (!errors).then_some(())
    }

    /// E0508 for a variable that `env`, `sudo` and the like hand on.
    fn assignments(&mut self, program: &str, words: &[rules::Word], elements: &[Element]) {
        for (at, word) in words.iter().enumerate() {
            let before = words.iter().take(at).map(rules::Word::begin);
            if let Some(element) = elements.get(word.element())
                && element.untrusted
                && let Some(name) = rules::assigned(std::iter::once(program).chain(before), word.begin())
            {
                self.checker.found.push(safety::dangerous_variable(name, element.span));
            }
        }
    }

    /// E0502 where an argument has another error: what is wrong with a value does not make it less of one.
    fn code_among_errors(&mut self, program: &str, items: &[tree::Item]) {
        let words: Vec<_> =
            items.iter().enumerate().map(|(at, item)| rules::written_word(at, item)).collect();
        if let Some((code, shown)) = rules::code_operand(program, &words)
            && let Some(item) = items.get(code)
            && !matches!(item.value.kind, ExprKind::Broken)
        {
            self.checker.found.push(safety::becomes_code(&shown, item.value.span));
        }
    }

    /// Returns whether a setting has its lines for itself, so that a here-document may take its place; a comment within
    /// would be lost.
    fn is_alone(&self, span: Span) -> bool {
        let Some(source) = self.checker.names.world.sources.get(usize::from(span.file.0)) else {
            return false;
        };
        let text = source.tree.text();
        let (Some(before), Some(behind)) = (text.get(..span.start as usize), text.get(span.end as usize..))
        else {
            return false;
        };
        let first = before.rsplit('\n').next().unwrap_or(before);
        let last = behind.split('\n').next().unwrap_or(behind);
        first.trim().is_empty() && last.trim().is_empty() && !self.checker.slice(span).contains('#')
    }

    /// Checks `script`: the interpreter, and the code as it stands.
    pub(super) fn script(&mut self, written: &'a tree::Expr) -> Option<(Interpreter, Script)> {
        let heredoc = match &written.kind {
            ExprKind::Heredoc(heredoc) => heredoc,
            ExprKind::Text(text) if text.literal().is_none() => {
                self.checker.found.push(safety::interpolated_script(written.span));
                return None;
            }
            ExprKind::Broken => return None,
            _ => {
                self.checker.found.push(safety::script_not_heredoc(written.span));
                return None;
            }
        };
        let interpreter = match &*heredoc.tag.text {
            "SH" => Interpreter::Sh,
            "BASH" => Interpreter::Bash,
            "PY" => Interpreter::Python,
            other => {
                let near = nearest(other, words::TAGS.iter().copied());
                self.checker.found.push(safety::unknown_tag(other, heredoc.tag.span, near, words::TAGS));
                return None;
            }
        };
        Some((interpreter, Script::literal(&heredoc.body)))
    }
}

fn is_scalar(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Text
            | Type::Enum(_)
            | Type::Int
            | Type::Float
            | Type::Bool
            | Type::Duration
            | Type::Size
            | Type::Time
    )
}
