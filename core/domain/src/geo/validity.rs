//! What can be wrong with a polygon, each with its place and a sentence that says what to do.

use std::fmt;

use super::shape::{Polygon, Ring, Shape, Side, is_between, turn};
use crate::place::Position;

/// Positions that one shape may have; it bounds the time that the search for crossings takes.
pub const MAX_POINTS: usize = 20_000;

/// A kind of fault; [`ShapeFaultCode::as_str`] is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ShapeFaultCode {
    /// No polygon, or a polygon without a ring.
    Empty,
    /// More than [`MAX_POINTS`] positions.
    TooManyPoints,
    /// A position outside ±90 and ±180 degrees.
    OutOfRange,
    /// Fewer than three distinct positions.
    TooFewPoints,
    /// The last position is not the first.
    NotClosed,
    /// All positions lie on one line.
    ZeroArea,
    /// Two edges of the ring cross or touch.
    SelfCrossing,
    /// A hole that leaves its outer ring.
    HoleOutside,
}

impl ShapeFaultCode {
    /// The stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            ShapeFaultCode::Empty => "shape_empty",
            ShapeFaultCode::TooManyPoints => "too_many_points",
            ShapeFaultCode::OutOfRange => "point_out_of_range",
            ShapeFaultCode::TooFewPoints => "too_few_points",
            ShapeFaultCode::NotClosed => "ring_not_closed",
            ShapeFaultCode::ZeroArea => "zero_area",
            ShapeFaultCode::SelfCrossing => "self_crossing",
            ShapeFaultCode::HoleOutside => "hole_outside",
        }
    }

    /// What is wrong and what to do, in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            ShapeFaultCode::Empty => "图形为空，请补画边界，或删去该图形改为按网格树选择。",
            ShapeFaultCode::TooManyPoints => "顶点超过 20000 个，请先简化边界。",
            ShapeFaultCode::OutOfRange => "坐标超出经纬度范围，请检查经度、纬度是否写反。",
            ShapeFaultCode::TooFewPoints => "不同的顶点少于三个，请补全边界。",
            ShapeFaultCode::NotClosed => "边界没有闭合，请让最后一个顶点与第一个相同。",
            ShapeFaultCode::ZeroArea => "所有顶点在一条直线上，没有面积，请重新描画边界。",
            ShapeFaultCode::SelfCrossing => "边界在此顶点后的边与另一条边相交或相接，请调整顶点。",
            ShapeFaultCode::HoleOutside => "内环越出外边界，请调整内环或外边界。",
        }
    }

    /// What is wrong and what to do, in English.
    pub fn en(self) -> &'static str {
        match self {
            ShapeFaultCode::Empty => "The shape is empty: draw its border, or leave the shape out.",
            ShapeFaultCode::TooManyPoints => "More than 20,000 positions: simplify the border.",
            ShapeFaultCode::OutOfRange => {
                "The position is not on Earth: check whether longitude and latitude changed places."
            }
            ShapeFaultCode::TooFewPoints => "Fewer than three distinct positions: complete the border.",
            ShapeFaultCode::NotClosed => "The ring is not closed: repeat the first position at its end.",
            ShapeFaultCode::ZeroArea => "All positions lie on one line: draw the border again.",
            ShapeFaultCode::SelfCrossing => "The edge after this vertex crosses or touches another: move the vertex.",
            ShapeFaultCode::HoleOutside => "The hole leaves its outer ring: move the hole or the ring.",
        }
    }
}

/// One fault of a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShapeFault {
    /// What is wrong.
    pub code: ShapeFaultCode,
    /// The polygon, counted from 0.
    pub polygon: usize,
    /// The ring of the polygon, 0 being the outer one.
    pub ring: usize,
    /// The vertex of the ring, where one can be named.
    pub vertex: Option<usize>,
}

impl fmt::Display for ShapeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "polygons[{}].rings[{}]", self.polygon, self.ring)?;
        if let Some(vertex) = self.vertex {
            write!(f, "[{vertex}]")?;
        }
        write!(f, ": {} ({})", self.code.en(), self.code.as_str())
    }
}

impl Shape {
    /// What is wrong with the shape, at most one fault a ring; empty when it may be used.
    pub fn check(&self) -> Vec<ShapeFault> {
        let whole = |code| vec![ShapeFault { code, polygon: 0, ring: 0, vertex: None }];
        if self.0.is_empty() {
            return whole(ShapeFaultCode::Empty);
        }
        if self.0.iter().flat_map(|polygon| &polygon.0).map(|ring| ring.0.len()).sum::<usize>() > MAX_POINTS {
            return whole(ShapeFaultCode::TooManyPoints);
        }
        self.0.iter().enumerate().flat_map(|(number, polygon)| check_polygon(polygon, number)).collect()
    }
}

fn check_polygon(polygon: &Polygon, number: usize) -> Vec<ShapeFault> {
    let fault = |ring, code, vertex| ShapeFault { code, polygon: number, ring, vertex };
    let Some(outer) = polygon.0.first() else { return vec![fault(0, ShapeFaultCode::Empty, None)] };
    let own = polygon
        .0
        .iter()
        .enumerate()
        .filter_map(|(number, ring)| check_ring(ring).map(|(code, vertex)| fault(number, code, vertex)));
    let mut faults: Vec<ShapeFault> = own.collect();
    // A hole is looked at only where all rings are sound, since one fault would yield many.
    if faults.is_empty() {
        for (number, hole) in polygon.0.iter().enumerate().skip(1) {
            let leaves = hole.0.iter().position(|vertex| outer.side(*vertex) == Side::Outside);
            if leaves.is_some() {
                faults.push(fault(number, ShapeFaultCode::HoleOutside, leaves));
            }
        }
    }
    faults
}

fn check_ring(ring: &Ring) -> Option<(ShapeFaultCode, Option<usize>)> {
    if let Some(vertex) = ring.0.iter().position(|at| !at.is_on_earth()) {
        return Some((ShapeFaultCode::OutOfRange, Some(vertex)));
    }
    let distinct: std::collections::BTreeSet<&Position> = ring.0.iter().collect();
    if distinct.len() < 3 {
        return Some((ShapeFaultCode::TooFewPoints, None));
    }
    if ring.0.first() != ring.0.last() {
        return Some((ShapeFaultCode::NotClosed, Some(ring.0.len() - 1)));
    }
    // Three distinct positions exist, so the second vertex that differs from the first gives a line.
    let first = ring.0[0];
    let second = ring.0.iter().copied().find(|at| *at != first)?;
    if ring.0.iter().all(|at| turn(first, second, *at) == 0) {
        return Some((ShapeFaultCode::ZeroArea, None));
    }
    crossing(ring).map(|vertex| (ShapeFaultCode::SelfCrossing, Some(vertex)))
}

/// An edge with the number of the vertex that it leaves and its place among the edges.
#[derive(Clone, Copy)]
struct Edge {
    from: Position,
    to: Position,
    vertex: usize,
    place: usize,
}

impl Edge {
    fn west(&self) -> i32 {
        self.from.lon_e7.min(self.to.lon_e7)
    }

    fn east(&self) -> i32 {
        self.from.lon_e7.max(self.to.lon_e7)
    }

    /// Whether the two share a position.
    fn meets(&self, other: &Edge) -> bool {
        let (a, b, c, d) = (self.from, self.to, other.from, other.to);
        let sides = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)].map(i128::signum);
        let touches = [(a, b, c), (a, b, d), (c, d, a), (c, d, b)];
        sides[0] * sides[1] < 0 && sides[2] * sides[3] < 0
            || sides.iter().zip(touches).any(|(side, (a, b, at))| *side == 0 && is_between(a, b, at))
    }
}

/// The first vertex whose edge meets another edge anywhere but in the vertex that neighbours share.
fn crossing(ring: &Ring) -> Option<usize> {
    // Repeated positions are no edges; what stands between two others then are neighbours.
    let pairs = ring.0.windows(2).enumerate().filter(|(_, pair)| pair[0] != pair[1]);
    let mut edges: Vec<Edge> =
        pairs.enumerate().map(|(place, (vertex, pair))| Edge { from: pair[0], to: pair[1], vertex, place }).collect();
    let count = edges.len();
    edges.sort_by_key(Edge::west);
    let mut found: Option<usize> = None;
    for (number, one) in edges.iter().enumerate() {
        // Edges that begin east of this one's end cannot meet it.
        for other in edges[number + 1..].iter().take_while(|other| other.west() <= one.east()) {
            let (first, second) = if one.place < other.place { (one, other) } else { (other, one) };
            let bad = if first.place + 1 == second.place {
                goes_back(first.from, first.to, second.to)
            } else if first.place == 0 && second.place + 1 == count {
                goes_back(second.from, second.to, first.to)
            } else {
                first.meets(second)
            };
            if bad {
                found = Some(found.map_or(first.vertex, |earlier| earlier.min(first.vertex)));
            }
        }
    }
    found
}

/// Whether b → c runs back over a → b.
fn goes_back(a: Position, b: Position, c: Position) -> bool {
    turn(a, b, c) == 0 && (is_between(a, b, c) || is_between(b, c, a))
}
