use super::*;

#[track_caller]
fn check(rings: &[&[[i32; 2]]], expected: Option<(usize, &str, Option<usize>)>) {
    let shape = Shape(vec![Polygon(rings.iter().map(|points| ring(points)).collect())]);
    let faults = shape.check();
    let found: Vec<_> = faults.iter().map(|fault| (fault.ring, fault.code.as_str(), fault.vertex)).collect();
    assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
}

const SQUARE: &[[i32; 2]] = &[[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]];

#[test]
fn sound_rings_have_no_fault() {
    check(&[SQUARE], None);
    check(&[SQUARE, &[[2, 2], [4, 2], [2, 4], [2, 2]]], None);
    // Clockwise, with a repeated vertex and one in the middle of an edge.
    check(&[&[[0, 0], [0, 5], [0, 10], [0, 10], [10, 10], [10, 0], [0, 0]]], None);
    // A hole may touch the outer ring.
    check(&[SQUARE, &[[0, 5], [4, 2], [4, 8], [0, 5]]], None);
}

#[test]
fn broken_rings_name_ring_and_vertex() {
    check(&[], Some((0, "shape_empty", None)));
    check(&[&[]], Some((0, "too_few_points", None)));
    check(&[&[[0, 0], [1, 1], [0, 0]]], Some((0, "too_few_points", None)));
    check(&[&[[0, 0], [10, 0], [10, 10]]], Some((0, "ring_not_closed", Some(2))));
    check(&[&[[0, 0], [10, 0], [20, 0], [0, 0]]], Some((0, "zero_area", None)));
    check(&[&[[0, 0], [10, 0], [0, 900_000_001], [0, 0]]], Some((0, "point_out_of_range", Some(2))));
    check(&[SQUARE, &[[2, 2], [4, 2], [2, 12], [2, 2]]], Some((1, "hole_outside", Some(2))));
    check(&[SQUARE, &[[2, 2], [4, 2], [2, 2]]], Some((1, "too_few_points", None)));
}

#[test]
fn rings_that_cross_or_touch_themselves_are_faults() {
    let crossing = |vertex| Some((0, "self_crossing", Some(vertex)));
    // A bow tie.
    check(&[&[[0, 0], [10, 10], [10, 0], [0, 10], [0, 0]]], crossing(0));
    // Two triangles that share one vertex.
    check(&[&[[0, 0], [5, 5], [10, 0], [10, 10], [5, 5], [0, 10], [0, 0]]], crossing(0));
    // A spike that runs out and back.
    check(&[&[[0, 0], [10, 0], [10, 10], [10, 20], [10, 10], [0, 10], [0, 0]]], crossing(1));
    // A spike at the closing vertex.
    check(&[&[[0, 0], [10, 0], [10, 10], [0, 10], [0, -5], [0, 0]]], crossing(0));
    // A vertex on a far edge.
    check(&[&[[0, 0], [10, 0], [10, 10], [5, 0], [0, 10], [0, 0]]], crossing(0));
}

#[test]
fn shapes_are_bounded() {
    assert_eq!(Shape::default().check()[0].code.as_str(), "shape_empty");
    let many = Shape(vec![Polygon(vec![Ring(vec![position(0, 0); MAX_POINTS + 1])])]);
    assert_eq!(many.check()[0].code.as_str(), "too_many_points");
    let second = Shape(vec![Polygon(vec![ring(SQUARE)]), Polygon(vec![ring(&SQUARE[..4])])]);
    let fault = second.check()[0];
    assert_eq!((fault.polygon, fault.ring, fault.vertex), (1, 0, Some(3)));
    assert!(fault.to_string().starts_with("polygons[1].rings[0][3]: "), "{fault}");
}

proptest! {
    /// Against every pair of edges, without sorting.
    #[test]
    fn crossings_are_found_wherever_they_are(points in prop::collection::vec((0i32..7, 0i32..7), 3..9)) {
        let mut points: Vec<[i32; 2]> = points.into_iter().map(|(x, y)| [x, y]).collect();
        points.push(points[0]);
        points.dedup();
        let shape = Shape(vec![Polygon(vec![ring(&points)])]);
        let fault = shape.check().first().map(|fault| fault.code.as_str());
        prop_assume!(!matches!(fault, Some("too_few_points" | "zero_area")));
        // A simple ring has as many positions as edges, and no position of an edge in twelfths lies on another edge
        // but where neighbours join; lattice edges this short cross in fractions that two exact tests settle.
        let edges: Vec<_> = points.windows(2).map(|pair| (pair[0], pair[1])).collect();
        let cross = |o: [i32; 2], a: [i32; 2], b: [i32; 2]| (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
        let on = |(a, b): ([i32; 2], [i32; 2]), p: [i32; 2]| cross(a, b, p) == 0
            && (p[0] - a[0]) * (p[0] - b[0]) <= 0 && (p[1] - a[1]) * (p[1] - b[1]) <= 0;
        let distinct: std::collections::BTreeSet<_> = points.iter().collect();
        let mut simple = distinct.len() == edges.len();
        for (number, edge) in edges.iter().enumerate() {
            let others = points[1..].iter().filter(|p| **p != edge.0 && **p != edge.1);
            simple &= others.clone().all(|p| !on(*edge, *p));
            for other in &edges[number + 1..] {
                let apart = cross(edge.0, edge.1, other.0).signum() * cross(edge.0, edge.1, other.1).signum();
                let across = cross(other.0, other.1, edge.0).signum() * cross(other.0, other.1, edge.1).signum();
                simple &= !(apart < 0 && across < 0);
            }
        }
        prop_assert_eq!(fault, if simple { None } else { Some("self_crossing") });
    }
}
