//! Letters and colours. Widths of text are reckoned for wide fonts: a box may be a little roomy, never too small.

use crate::draw::words;

/// Letters of one size.
#[derive(Clone, Copy)]
pub(super) struct Letters {
    /// The width of a column, in tenths of a pixel.
    column: i64,
}

/// The workflow's name.
pub(super) const TITLE: Letters = Letters { column: 122 };
/// Words beside the graph, and of risks.
pub(super) const SMALL: Letters = Letters { column: 72 };
/// A step's name.
pub(super) const NAME: Letters = Letters { column: 85 };
/// What a step does.
pub(super) const CODE: Letters = Letters { column: 73 };
/// Conditions and labels.
pub(super) const CODE_SMALL: Letters = Letters { column: 67 };

impl Letters {
    /// Returns how wide text may become, in pixels.
    pub(super) fn width(self, text: &str) -> i64 {
        let columns = i64::try_from(words::width(text)).unwrap_or(i64::MAX / 1000);
        (columns * self.column + 9) / 10
    }
}

/// What has a colour: the selector, the property, and the colour on a light and on a dark page.
const COLOURS: [(&str, &str, &str, &str); 24] = [
    (".t1,.n", "fill", "#1f2328", "#f0f6fc"),
    (".t2,.a,.c,.g,.low .r", "fill", "#59636e", "#9198a1"),
    (".box", "fill", "#ffffff", "#151b23"),
    (".box", "stroke", "#c4ccd5", "#3d444d"),
    (".approve .box", "fill", "#eef6ff", "#0d2138"),
    (".approve .box", "stroke", "#2f81f7", "#4493f8"),
    (".agent .box", "fill", "#faf5ff", "#1e1633"),
    (".agent .box", "stroke", "#b98eff", "#8957e5"),
    (".wait .box", "fill", "#f6f8fa", "#0d1117"),
    (".frame", "fill", "#818b981a", "#9198a11a"),
    (".frame", "stroke", "#9aa4af", "#656c76"),
    (".star", "fill", "#0969da", "#58a6ff"),
    (".low .s", "fill", "#ccd3da", "#4b535d"),
    (".medium .s", "fill", "#d4a72c", "#d29922"),
    (".medium .r", "fill", "#7d5b00", "#e3b341"),
    (".high .s", "fill", "#e16f24", "#f0883e"),
    (".high .r", "fill", "#b04600", "#ffa657"),
    (".critical .s", "fill", "#cf222e", "#f85149"),
    (".critical .r", "fill", "#cf222e", "#ff7b72"),
    (".e path", "stroke", "#818b98", "#7d8590"),
    (".e .h", "fill", "#818b98", "#7d8590"),
    (".e text", "fill", "#3d4752", "#b7bdc8"),
    (".e.cycle path,.own", "stroke", "#d1242f", "#f85149"),
    (".e.cycle .h,.e.cycle text,.ownh,.ownt", "fill", "#d1242f", "#f85149"),
];

/// What has no colour.
const FORMS: [(&str, &str); 12] = [
    (
        "text",
        "font-family:ui-sans-serif,system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",\"DejaVu Sans\",sans-serif;font-size:12px",
    ),
    (".t1", "font-size:18px;font-weight:600"),
    (
        ".n,.a,.c,.e text,.ownt",
        "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,\"DejaVu Sans Mono\",\"Liberation Mono\",monospace",
    ),
    (".n", "font-size:14px;font-weight:600"),
    (".c,.e text,.ownt", "font-size:11px"),
    (".r", "font-size:11px;font-weight:600;text-anchor:end"),
    (".low .r", "font-weight:400"),
    (".frame", "stroke-dasharray:5 4"),
    (".e path,.own", "fill:none;stroke-width:1.5"),
    (".e .h,.ownh", "stroke:none"),
    (".e.after path", "stroke-dasharray:5 4"),
    (".e text", "text-anchor:middle"),
];

/// Returns the style sheet. Every rule is about the picture's own class, so that it changes nothing else on a page.
pub(super) fn sheet() -> String {
    let rule = |selector: &str, body: &str| {
        let each: Vec<String> = selector.split(',').map(|one| format!(".skynet-graph {one}")).collect();
        format!("{}{{{body}}}\n", each.join(","))
    };
    let colours = |pick: fn(&(&str, &'static str, &'static str, &'static str)) -> &'static str| -> String {
        COLOURS.iter().map(|one| rule(one.0, &format!("{}:{}", one.1, pick(one)))).collect()
    };
    let forms: String = FORMS.iter().map(|(selector, body)| rule(selector, body)).collect();
    let (light, dark) = (colours(|one| one.2), colours(|one| one.3));
    format!("\n{forms}{light}@media (prefers-color-scheme:dark){{\n{dark}}}\n")
}
