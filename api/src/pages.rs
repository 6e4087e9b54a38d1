//! The pages about the codes, as they stand in `docs/codes/`; they are part of the program.

use anstyle::{AnsiColor, Style};
use grammar::Code;

/// Every page by its code, in the order of the codes.
const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

const HEADING: Style = Style::new().bold();
const SAMPLE: Style = AnsiColor::Cyan.on_default();

/// Returns the page about a code, in Markdown.
#[must_use]
pub fn page(code: Code) -> Option<&'static str> {
    let at = PAGES.binary_search_by_key(&code.as_str(), |(code, _)| code).ok()?;
    PAGES.get(at).map(|(_, page)| *page)
}

/// Draws Markdown for a terminal: headings stand out, fences are left out, samples are coloured and set in.
#[must_use]
pub fn draw(page: &str) -> String {
    let mut out = String::with_capacity(page.len() * 2);
    let mut in_sample = false;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            in_sample = !in_sample;
        } else if in_sample {
            let indent = if line.is_empty() { "" } else { "    " };
            out.push_str(&format!("{indent}{SAMPLE}{line}{SAMPLE:#}\n"));
        } else if line.starts_with("<!--") {
            // It marks a place for those who edit the page.
        } else if line.starts_with('#') {
            out.push_str(&format!("{HEADING}{}{HEADING:#}\n", line.trim_start_matches('#').trim_start()));
        } else {
            draw_words(line, &mut out);
            out.push('\n');
        }
    }
    out
}

/// Colours what stands in backticks.
fn draw_words(line: &str, out: &mut String) {
    let mut parts = line.split('`').peekable();
    let mut is_sample = false;
    while let Some(part) = parts.next() {
        // A backtick without a partner means itself.
        match (is_sample, parts.peek()) {
            (false, _) => out.push_str(part),
            (true, Some(_)) => out.push_str(&format!("{SAMPLE}{part}{SAMPLE:#}")),
            (true, None) => {
                out.push('`');
                out.push_str(part);
            }
        }
        is_sample = !is_sample;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page() {
        let without: Vec<_> = Code::ALL.iter().filter(|code| page(**code).is_none()).collect();
        assert!(without.is_empty(), "no page in docs/codes/ for {without:?}");
    }

    #[test]
    fn a_page_is_drawn_lightly() {
        let page = "# E0001: text\n\n<!-- a mark -->\nUse `\"`, not `.\n\n```skynet\nstep a {\n\n}\n```\n";
        let plain = anstream::adapter::strip_str(&draw(page)).to_string();
        assert_eq!(plain, "E0001: text\n\nUse \", not `.\n\n    step a {\n\n    }\n");
    }
}
