//! The lines between boxes: down from box to box, turning only between rows, with their label in a gap of the line.

use super::{LABEL_HEIGHT, Sheet, class, escape};
use crate::draw::{
    Drawing,
    layout::{Chain, What},
    scene::{Arc, Look, Scene},
    words,
};
use engine::plan::EdgeKind;
use std::collections::BTreeMap;

/// The length of an arrow's head.
const HEAD: i64 = 8;
/// How far ends of different looks stand apart at one box.
const APART: i64 = 20;

/// A place where lines of one look end at a box: the box, whether at its lower edge, the class, and the direction.
type Port = (usize, bool, u8, bool);

/// Draws all lines.
pub(super) fn lines(drawing: &Drawing, scene: &Scene, labels: &[String], sheet: &Sheet<'_>) -> String {
    let ports = ports(scene, sheet);
    let mut out = String::new();
    for ((arc, chain), label) in scene.arcs.iter().zip(&sheet.layout.chains).zip(labels) {
        let (from, to) = (scene.name(drawing, arc.from), scene.name(drawing, arc.to));
        let tip = format!("{to} \u{2190} {from}: {}", words::reasons(arc.kind, &arc.why));
        let look = match (arc.look, arc.kind) {
            (Look::Needs, _) => "e",
            (Look::After, _) => "e after",
            (Look::Cycle, EdgeKind::Needs) => "e cycle",
            (Look::Cycle, EdgeKind::After) => "e cycle after",
        };
        out.push_str(&format!("<g class=\"{look}\"><title>{}</title>", escape(&tip)));
        out.push_str(&line(arc, chain, label, sheet, &ports));
        out.push_str("</g>\n");
    }
    out
}

/// Finds where lines end at each box: in its middle, or side by side where lines of different looks do.
fn ports(scene: &Scene, sheet: &Sheet<'_>) -> BTreeMap<Port, i64> {
    // For each port, the sum of the columns its lines go to, and their number.
    let mut far = BTreeMap::<Port, (i64, i64)>::new();
    for (arc, chain) in scene.arcs.iter().zip(&sheet.layout.chains) {
        let (upper, lower) = if chain.upward { (arc.to, arc.from) } else { (arc.from, arc.to) };
        for (item, below, next) in
            [(upper, true, chain.spots.get(1)), (lower, false, chain.spots.iter().nth_back(1))]
        {
            let x = next.map_or(0, |&spot| sheet.stand(spot).0);
            let sum = far.entry((item, below, class(arc), chain.upward)).or_default();
            *sum = (sum.0 + x, sum.1 + 1);
        }
    }
    let mut sorted: Vec<(Port, i64)> =
        far.into_iter().map(|(port, (sum, count))| (port, sum / count)).collect();
    sorted.sort_by_key(|&((item, below, ..), x)| (item, below, x));
    let mut ports = BTreeMap::new();
    for side in sorted.chunk_by(|(a, _), (b, _)| (a.0, a.1) == (b.0, b.1)) {
        let count = i64::try_from(side.len()).unwrap_or(1);
        for (&(port, _), number) in side.iter().zip(0..) {
            let (middle, _) = sheet.stand(port.0);
            ports.insert(port, middle + (2 * number + 1 - count) * APART / 2);
        }
    }
    ports
}

/// Draws one line with its head and its label.
fn line(arc: &Arc, chain: &Chain, label: &str, sheet: &Sheet<'_>, ports: &BTreeMap<Port, i64>) -> String {
    let (upper, lower) = if chain.upward { (arc.to, arc.from) } else { (arc.from, arc.to) };
    let port = |item, below| ports.get(&(item, below, class(arc), chain.upward)).copied().unwrap_or_default();
    let (start, end) = (port(upper, true), port(lower, false));
    let first = sheet.stand(upper).1 + sheet.blocks.get(upper).map_or(0, |block| block.height);
    let last = sheet.stand(lower).1;

    // The pen's way: down through each row, and to the next row in a curve that begins and ends upright.
    let mut way = Way { path: String::new(), x: start, y: first };
    way.path.push_str(&format!("M{start},{}", first + if chain.upward { HEAD } else { 0 }));
    let mut words = String::new();
    if let Some(row) = sheet.layout.spot(upper).map(|spot| spot.row) {
        way.down(sheet.band(row).1.max(first + if chain.upward { HEAD } else { 0 }));
    }
    for &number in chain.spots.iter().skip(1).take(chain.spots.len().saturating_sub(2)) {
        let Some(spot) = sheet.layout.spot(number) else { continue };
        let (x, (top, bottom)) = (sheet.left + spot.x, sheet.band(spot.row));
        way.turn(x, top);
        match spot.what {
            What::Item | What::Bend => way.down(bottom),
            What::Label => {
                words = format!("<text x=\"{x}\" y=\"{}\">{}</text>", top + LABEL_HEIGHT - 3, escape(label));
                way.lift(bottom + 1);
            }
        }
    }
    way.turn(end, last - if chain.upward { 0 } else { HEAD });
    let (tip, base, x) =
        if chain.upward { (first + 1, first + 1 + HEAD, start) } else { (last - 1, last - 1 - HEAD, end) };
    let faint = if chain.direct { " opacity=\"0.35\"" } else { "" };
    format!(
        "<path d=\"{}\"{faint}/><path class=\"h\" d=\"M{},{base}L{x},{tip}L{},{base}Z\"/>{words}",
        way.path,
        x - 5,
        x + 5
    )
}

/// A pen that goes down.
struct Way {
    path: String,
    x: i64,
    y: i64,
}

impl Way {
    /// Draws straight down.
    fn down(&mut self, y: i64) {
        if y > self.y {
            self.path.push_str(&format!("V{y}"));
        }
        self.y = y;
    }

    /// Draws to another column.
    fn turn(&mut self, x: i64, y: i64) {
        if x == self.x {
            self.down(y);
            return;
        }
        let middle = i64::midpoint(self.y, y);
        self.path.push_str(&format!("C{},{middle} {x},{middle} {x},{y}", self.x));
        (self.x, self.y) = (x, y);
    }

    /// Moves down without drawing.
    fn lift(&mut self, y: i64) {
        self.path.push_str(&format!("M{},{y}", self.x));
        self.y = y;
    }
}
