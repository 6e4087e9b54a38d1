//! The picture: boxes in rows, with the lines between them.

use super::{
    canvas::{Canvas, Pen},
    card::Card,
    channel::{Net, Segment, Side, nets},
};
use crate::draw::{
    Drawing,
    layout::{Layout, Line, Request},
    scene::{Arc, Look, Scene},
};
use std::collections::BTreeSet;

/// More items than this are not drawn.
const ITEMS: usize = 60;
/// More columns than this are not drawn.
const COLUMNS: i64 = 160;
/// The columns kept free on both sides of a box, and of a line that passes.
const SPACE: i64 = 2;
const BEND: i64 = 3;

/// Draws the picture, or says why it would not be clear.
pub(super) fn picture(drawing: &Drawing, scene: &Scene) -> Result<Vec<String>, &'static str> {
    if scene.items.len() > ITEMS {
        return Err("Too many steps to draw");
    }
    let ports = |item: usize| {
        let into = scene.arcs.iter().filter(|arc| arc.to == item).count();
        let out = scene.arcs.iter().filter(|arc| arc.from == item).count();
        into.max(out).min(ITEMS)
    };
    let mut boxes = Vec::new();
    for (number, item) in scene.items.iter().enumerate() {
        let card = Card::of(drawing, item);
        let width = whole(card.width(ports(number)));
        boxes.push(Placed { card, width, left: 0, top: 0 });
    }
    let widths: Vec<i64> = boxes.iter().map(|placed| placed.width + 2 * SPACE).collect();
    let line = |arc: &Arc| Line { from: arc.from, to: arc.to, class: arc.look as u8, label: 0 };
    let lines: Vec<Line> = scene.arcs.iter().map(line).collect();
    let layout = Layout::of(&Request { items: &widths, lines: &lines, bend: BEND });
    if layout.width - 2 * SPACE > COLUMNS {
        return Err("Too wide to draw");
    }
    let channels = channels(scene, &layout, &boxes).ok_or("Too entangled to draw")?;
    Ok(draw(&layout, boxes, &channels))
}

/// A box and where it stands.
struct Placed {
    card: Card,
    width: i64,
    left: usize,
    top: usize,
}

/// Finds the nets below each row.
fn channels(scene: &Scene, layout: &Layout, boxes: &[Placed]) -> Option<Vec<Vec<Net>>> {
    let mut segments: Vec<BTreeSet<Segment>> = vec![BTreeSet::new(); layout.rows.len()];
    for (arc, chain) in scene.arcs.iter().zip(&layout.chains) {
        for (&upper, &lower) in chain.spots.iter().zip(chain.spots.iter().skip(1)) {
            let row = layout.spot(upper).map(|spot| spot.row)?;
            segments.get_mut(row)?.insert(Segment { upper, lower, look: arc.look, upward: chain.upward });
        }
    }
    let side = |spot: usize| {
        let middle = layout.spot(spot).map(|spot| spot.x).unwrap_or_default();
        let half = boxes.get(spot).map_or(0, |placed| placed.width / 2 - 1);
        Side { middle, room: (middle - half, middle + half) }
    };
    segments.iter().map(|row| nets(row, &side)).collect()
}

/// A picture in the making.
struct Sheet {
    boxes: Vec<Placed>,
    canvas: Canvas,
    /// The number of the last line drawn.
    line: usize,
}

/// The rows of the sheet that a row of boxes takes, with the lines below it.
#[derive(Clone, Copy)]
struct Band {
    /// Where the boxes begin.
    top: usize,
    /// The first bar.
    first_bar: usize,
    /// The last row, where arrows point down.
    last: usize,
}

/// Puts everything on a sheet.
fn draw(layout: &Layout, mut boxes: Vec<Placed>, channels: &[Vec<Net>]) -> Vec<String> {
    let mut bands = Vec::new();
    let mut top = 0;
    for (row, nets) in layout.rows.iter().zip(channels) {
        let mut height = 0;
        for &spot in row {
            let Some(placed) = boxes.get_mut(spot) else { continue };
            placed.left = column(layout.spot(spot).map_or(0, |spot| spot.x) - placed.width / 2);
            placed.top = top;
            height = height.max(placed.card.height());
        }
        let rises =
            nets.iter().any(|net| net.upward && net.tops.iter().any(|&(spot, _)| boxes.get(spot).is_some()));
        let bars = nets.iter().filter_map(|net| net.track).max().map_or(0, |track| track + 1);
        // A straight line that is not plain needs a row in which that is seen.
        let bars = bars.max(usize::from(nets.iter().any(|net| net.look != Look::Needs)));
        let first_bar = top + height + usize::from(rises);
        let last = first_bar + bars;
        bands.push(Band { top, first_bar, last });
        top = if nets.is_empty() { first_bar } else { last + 1 };
    }
    let canvas = Canvas::new(column(layout.width), top);
    let mut sheet = Sheet { boxes, canvas, line: 0 };
    for placed in &sheet.boxes {
        sheet.canvas.card(&placed.card, placed.left, placed.top, column(placed.width));
    }
    for (nets, band) in channels.iter().zip(&bands) {
        for net in nets {
            sheet.net(net, *band);
        }
    }
    let lines = sheet.canvas.lines();
    // Boxes keep space on both sides; to the left of all of them it is not needed.
    let blank = |line: &&String| !line.is_empty();
    let spare =
        lines.iter().filter(blank).map(|line| line.len() - line.trim_start().len()).min().unwrap_or_default();
    lines.iter().map(|line| line.get(spare..).unwrap_or_default().to_owned()).collect()
}

impl Sheet {
    /// Draws the lines of a net within its channel, up to the boxes above and below it.
    fn net(&mut self, net: &Net, band: Band) {
        self.line += 1;
        let pen = Pen { line: self.line, look: net.look };
        let bar = net.track.map(|track| band.first_bar + track);
        let (below, above) = match net.look {
            Look::Needs | Look::After => ("\u{252c}", "\u{2534}"),
            Look::Cycle => ("\u{2565}", "\u{2568}"),
        };
        for &(spot, at) in &net.tops {
            // A line that passes the row begins at the row's top.
            let (at, mut from) = (column(at), band.top);
            if let Some(placed) = self.boxes.get(spot) {
                from = placed.top + placed.card.height();
                if net.upward {
                    self.canvas.write(at, from, "\u{25b2}");
                } else {
                    self.canvas.write(at, from - 1, below);
                }
            }
            self.canvas.down(pen, at, (from, bar.unwrap_or(band.last)), true, bar.is_none());
        }
        if let Some(bar) = bar {
            let (first, last) = net.span();
            self.canvas.across(pen, bar, (column(first), column(last)));
            for &(_, at) in &net.bottoms {
                self.canvas.down(pen, column(at), (bar, band.last), false, true);
            }
        }
        for &(_, at) in net.bottoms.iter().filter(|&&(spot, _)| spot < self.boxes.len()) {
            if net.upward {
                self.canvas.write(column(at), band.last + 1, above);
            } else {
                self.canvas.write(column(at), band.last, "\u{25bc}");
            }
        }
    }
}

/// Returns a width or a column of the layout as a place on the sheet.
fn column(x: i64) -> usize {
    usize::try_from(x).unwrap_or_default()
}

/// Returns a width for the layout.
fn whole(width: usize) -> i64 {
    i64::try_from(width).unwrap_or(i64::MAX / 4)
}
