//! From the tree to JSON: statements, types, and the comments around them.

use super::{
    NoTwin,
    comment::{Comments, alone},
};
use crate::schema::{Form, Place};
use grammar::{
    Tree,
    token::TokenKind,
    tree::{Block, Body, Declaration, Expr, Import, Key, Name, Statement, Text, TypeArg, TypeExpr},
};
use serde_json::{Map, Value, json};

/// Goes through a tree from first to last, and through its comments along with it.
pub(super) struct Converter<'t> {
    pub(super) tree: &'t Tree,
    pub(super) comments: Comments<'t>,
    /// Whether a comment was met where JSON has no place for it.
    pub(super) misplaced: bool,
}

/// The keys of one statement, and the comments above it.
struct Keys {
    map: Map<String, Value>,
    above: Vec<Value>,
}

impl Keys {
    fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.map.insert(key.to_owned(), value.into());
    }
}

impl<'t> Converter<'t> {
    /// Begins with a file; one that holds signs of other languages has no twin.
    pub(super) fn new(tree: &'t Tree) -> Result<Self, NoTwin> {
        let foreign = tree.tokens().iter().find(|token| {
            matches!(
                token.kind,
                TokenKind::ForeignComment
                    | TokenKind::SingleQuoted
                    | TokenKind::TornText
                    | TokenKind::BadNumber
                    | TokenKind::BadEscape
                    | TokenKind::BadHeredoc
                    | TokenKind::Unknown
            )
        });
        match foreign {
            Some(token) => Err(NoTwin { span: token.span, reason: "this could not be read" }),
            None => Ok(Self { tree, comments: Comments::of(tree), misplaced: false }),
        }
    }

    pub(super) fn file(mut self) -> Result<Vec<Value>, NoTwin> {
        let tree = self.tree;
        self.statements(&tree.statements, tree.span().end)
    }

    fn statements(&mut self, statements: &[Statement], end: u32) -> Result<Vec<Value>, NoTwin> {
        let mut converted = Vec::new();
        for statement in statements {
            converted.push(self.statement(statement)?);
        }
        converted.extend(alone(self.comments.before(end)));
        Ok(converted)
    }

    fn statement(&mut self, statement: &Statement) -> Result<Value, NoTwin> {
        let span = statement.span();
        let mut keys = Keys { map: Map::new(), above: self.comments.before(span.start) };
        match statement {
            Statement::Edition(edition) => {
                let number =
                    edition.number.ok_or(NoTwin { span, reason: "the edition could not be read" })?;
                keys.set("skynet", number);
                keys.above.extend(self.comments.before(span.end));
            }
            Statement::Import(import) => self.import(import, &mut keys)?,
            Statement::Setting(setting) => {
                keys.set("setting", key(&setting.key));
                self.value(&setting.value, &mut keys)?;
            }
            Statement::Field(field) => {
                keys.set("field", &*field.name.text);
                keys.set("type", ty(&field.ty)?);
                match &field.value {
                    Some(value) => self.value(value, &mut keys)?,
                    None => keys.above.extend(self.comments.before(span.end)),
                }
            }
            Statement::Declaration(declaration) => self.declaration(declaration, &mut keys)?,
            Statement::Block(block) => self.block(block, &mut keys)?,
            Statement::Broken(_) => return Err(NoTwin { span, reason: "this could not be read" }),
        }
        let Keys { mut map, above } = keys;
        if !above.is_empty() {
            map.insert("#".to_owned(), Value::Array(above));
        }
        if let Some(behind) = self.comments.behind(span) {
            map.insert("#end".to_owned(), behind);
        }
        Ok(Value::Object(map))
    }

    fn import(&mut self, import: &Import, keys: &mut Keys) -> Result<(), NoTwin> {
        keys.set("import", literal(&import.path)?);
        keys.set("as", &*import.alias.text);
        if let Some(sha256) = &import.sha256 {
            keys.set("sha256", literal(sha256)?);
        }
        keys.above.extend(self.comments.before(import.span.end));
        Ok(())
    }

    fn declaration(&mut self, declaration: &Declaration, keys: &mut Keys) -> Result<(), NoTwin> {
        let Declaration { word, name, ty: written, value, body, span } = declaration;
        // `call flow { … }` and `do action { … }` have the look of a declaration, and are blocks.
        let is_block = written.is_none() && value.is_none() && body.is_some() && names_a_block(&word.text);
        keys.set(if is_block { "block" } else { "declare" }, &*word.text);
        keys.set("name", &*name.text);
        if let Some(written) = written {
            keys.set("type", ty(written)?);
        }
        if let Some(value) = value {
            self.value(value, keys)?;
        }
        match body {
            // Behind a value, what stands above the body goes into it, so that comments keep their order.
            Some(body) => self.body(body, value.is_none(), keys)?,
            None => keys.above.extend(self.comments.before(span.end)),
        }
        Ok(())
    }

    fn block(&mut self, block: &Block, keys: &mut Keys) -> Result<(), NoTwin> {
        keys.set("block", &*block.word.text);
        if !block.path.is_empty() {
            keys.set("name", joined(&block.path));
        }
        self.body(&block.body, true, keys)
    }

    fn body(&mut self, body: &Body, heads_go_above: bool, keys: &mut Keys) -> Result<(), NoTwin> {
        if heads_go_above {
            keys.above.extend(self.comments.before(body.span.start));
        }
        let statements = self.statements(&body.statements, body.span.end)?;
        keys.set("body", statements);
        Ok(())
    }

    /// Converts the value of a statement. Comments in it that have no place there go above the statement.
    fn value(&mut self, value: &Expr, keys: &mut Keys) -> Result<(), NoTwin> {
        keys.above.extend(self.comments.before(value.span.start));
        let start = self.comments.mark();
        self.misplaced = false;
        let mut converted = self.expression(value)?;
        if self.misplaced || self.comments.any_before(value.span.end) {
            self.comments.return_to(start);
            keys.above.extend(self.comments.before(value.span.end));
            converted = self.expression(value)?;
        }
        keys.set("value", converted);
        Ok(())
    }
}

/// Returns whether a word begins a block that has a name.
fn names_a_block(word: &str) -> bool {
    Place::ALL
        .iter()
        .any(|place| matches!(place.entry(word).map(|entry| entry.form), Some(Form::NamedBlock(_))))
}

/// Returns a key: its text, marked if it need not have been quoted.
pub(super) fn key(key: &Key) -> Value {
    if key.quoted && super::name::is_word(&key.text) {
        json!({ "quoted": &*key.text })
    } else {
        Value::from(&*key.text)
    }
}

fn ty(written: &TypeExpr) -> Result<Value, NoTwin> {
    let name = joined(&written.path);
    let plain = if written.applied {
        let mut apply = vec![Value::from(name)];
        for arg in &written.args {
            apply.push(match arg {
                TypeArg::Type(inner) => ty(inner)?,
                TypeArg::Text(text) => json!({ "text": literal(text)? }),
            });
        }
        json!({ "apply": apply })
    } else {
        Value::from(name)
    };
    Ok(if written.optional { json!({ "optional": plain }) } else { plain })
}

fn literal(text: &Text) -> Result<&str, NoTwin> {
    text.literal().ok_or(NoTwin { span: text.span, reason: "this text must be written out" })
}

fn joined(path: &[Name]) -> String {
    path.iter().map(|name| &*name.text).collect::<Vec<_>>().join(".")
}
