//! The graph as a picture that stands alone: no script, no font and no file beside it, readable on a light and on a
//! dark page, with words wherever there is a colour.
//!
//! Colours are written into the rules twice, for light and for dark, instead of into CSS variables: programs that
//! turn SVG into pixels know no variables and would paint everything black.

mod block;
mod legend;
mod line;
mod style;

use super::{
    Drawing,
    layout::{Layout, Line, Request, What},
    scene::{Arc, Look, Scene},
    words,
};
use block::Block;
use engine::plan::EdgeKind;

/// The space around everything.
const MARGIN: i64 = 24;
/// The height of the name and the line under it.
const HEAD: i64 = 58;
/// The space kept on both sides of a box, together, and of a line that passes.
const SPACE: i64 = 36;
const BEND: i64 = 22;
/// How much of a label is shown, in columns.
const LABEL: usize = 32;
/// The height of a label.
const LABEL_HEIGHT: i64 = 14;

/// Draws a graph as SVG.
#[must_use]
pub fn svg(drawing: &Drawing) -> String {
    let scene = Scene::of(drawing);
    let blocks: Vec<Block> = scene.items.iter().map(|item| Block::of(drawing, item)).collect();
    let widths: Vec<i64> = blocks.iter().map(|block| block.width + SPACE).collect();
    let labels: Vec<String> = scene.arcs.iter().map(label).collect();
    let lines: Vec<Line> = scene
        .arcs
        .iter()
        .zip(&labels)
        .map(|(arc, label)| Line { from: arc.from, to: arc.to, class: class(arc), label: label_width(label) })
        .collect();
    let layout = Layout::of(&Request { items: &widths, lines: &lines, bend: BEND });

    let title = words::shorten(&words::shown(&drawing.name), 60);
    let mut summary = words::summary(drawing);
    let direct = layout.chains.iter().filter(|chain| chain.direct).count();
    if direct > 0 {
        summary.push_str(&format!("; {} drawn behind the boxes", words::count(direct, "very long link")));
    }
    let least =
        [style::TITLE.width(&title), style::SMALL.width(&summary), 380].into_iter().max().unwrap_or_default();
    let inner = (layout.width - SPACE).max(least);
    let bands = bands(&layout, &blocks);
    let sheet = Sheet {
        left: MARGIN + (inner - layout.width) / 2,
        top: MARGIN + HEAD,
        layout: &layout,
        bands: &bands,
        blocks: &blocks,
    };
    let foot = sheet.top + bands.last().map_or(0, |band| band.1);
    let (legend, legend_height) = legend::legend(drawing, &scene, (MARGIN, foot + 30), inner);
    let (width, height) = (inner + 2 * MARGIN, foot + legend_height + MARGIN);

    let name = escape(&words::shown(&drawing.name));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"skynet-graph\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"Workflow {name}\">\n\
         <title>Workflow {name}</title>\n<desc>{}</desc>\n<style>{}</style>\n",
        escape(&description(drawing, &scene)),
        style::sheet(),
    );
    out.push_str(&format!(
        "<text class=\"t1\" x=\"{MARGIN}\" y=\"{}\">{}</text>\n",
        MARGIN + 16,
        escape(&title)
    ));
    out.push_str(&format!(
        "<text class=\"t2\" x=\"{MARGIN}\" y=\"{}\">{}</text>\n",
        MARGIN + 36,
        escape(&summary)
    ));
    out.push_str(&line::lines(drawing, &scene, &labels, &sheet));
    for (number, (block, item)) in blocks.iter().zip(&scene.items).enumerate() {
        let (middle, top) = sheet.stand(number);
        out.push_str(&block.draw(drawing, item, middle, top));
    }
    out.push_str(&legend);
    out.push_str("</svg>\n");
    out
}

/// The laid-out graph, in pixels.
struct Sheet<'a> {
    /// The left edge of the layout.
    left: i64,
    /// The upper edge of the first row.
    top: i64,
    layout: &'a Layout,
    /// The upper and the lower edge of each row, counted from `top`.
    bands: &'a [(i64, i64)],
    blocks: &'a [Block],
}

impl Sheet<'_> {
    /// Returns the middle of a spot and the upper edge of its row.
    fn stand(&self, spot: usize) -> (i64, i64) {
        let Some(spot) = self.layout.spot(spot) else { return (0, 0) };
        (self.left + spot.x, self.band(spot.row).0)
    }

    /// Returns the upper and the lower edge of a row.
    fn band(&self, row: usize) -> (i64, i64) {
        let (top, bottom) = self.bands.get(row).copied().unwrap_or_default();
        (self.top + top, self.top + bottom)
    }
}

/// Finds the upper and the lower edge of each row. The farther lines go to the side, the more room they get to turn.
fn bands(layout: &Layout, blocks: &[Block]) -> Vec<(i64, i64)> {
    let mut reach = vec![0; layout.rows.len()];
    for chain in layout.chains.iter().filter(|chain| !chain.direct) {
        for (upper, lower) in chain.spots.iter().zip(chain.spots.iter().skip(1)) {
            if let (Some(upper), Some(lower)) = (layout.spot(*upper), layout.spot(*lower))
                && let Some(slot) = reach.get_mut(lower.row)
            {
                *slot = (upper.x - lower.x).abs().max(*slot);
            }
        }
    }
    let mut bands = Vec::new();
    let mut top = 0;
    let mut after_label = false;
    for (number, (row, reach)) in layout.rows.iter().zip(reach).enumerate() {
        let is_label = row.iter().filter_map(|&spot| layout.spot(spot)).any(|spot| spot.what == What::Label);
        let base = match (is_label, after_label) {
            (true, _) => 18,
            (false, true) => 24,
            (false, false) => 36,
        };
        if number > 0 {
            top += base + (reach / 9).min(44);
        }
        let tallest = row.iter().filter_map(|&spot| blocks.get(spot)).map(|block| block.height).max();
        let height = if is_label { LABEL_HEIGHT } else { tallest.unwrap_or_default() };
        bands.push((top, top + height));
        top += height;
        after_label = is_label;
    }
    bands
}

/// Lines of one class look the same and may share their way.
fn class(arc: &Arc) -> u8 {
    match (arc.look, arc.kind) {
        (Look::Needs, _) => 0,
        (Look::After, _) => 1,
        (Look::Cycle, EdgeKind::Needs) => 2,
        (Look::Cycle, EdgeKind::After) => 3,
    }
}

/// Returns what is written on a line: the data it carries, and a sign where it is on a cycle.
fn label(arc: &Arc) -> String {
    let data = words::shorten(&words::data(&arc.why), LABEL);
    match arc.look {
        Look::Needs | Look::After => data,
        Look::Cycle => format!("\u{21ba} {data}").trim_end().to_owned(),
    }
}

fn label_width(label: &str) -> i64 {
    if label.is_empty() { 0 } else { style::CODE_SMALL.width(label) + 16 }
}

/// Tells the graph in words, for those who do not see it.
fn description(drawing: &Drawing, scene: &Scene) -> String {
    const TOLD: usize = 80;
    let mut out = format!("{}.", words::summary(drawing));
    for arc in scene.arcs.iter().take(TOLD) {
        let (from, to) = (scene.name(drawing, arc.from), scene.name(drawing, arc.to));
        out.push_str(&format!(" {to} waits for {from}: {}.", words::reasons(arc.kind, &arc.why)));
    }
    if scene.arcs.len() > TOLD {
        out.push_str(&format!(" {} not told here.", words::count(scene.arcs.len() - TOLD, "more link")));
    }
    for line in scene.cycles.lines(drawing) {
        out.push_str(&format!(" {line}."));
    }
    out
}

/// Escapes text for XML, in content and in attributes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}
