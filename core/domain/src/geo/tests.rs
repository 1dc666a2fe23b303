use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::id::GridCode;

mod faults;

fn position(lon_e7: i32, lat_e7: i32) -> Position {
    Position { lat_e7, lon_e7 }
}

fn ring(points: &[[i32; 2]]) -> Ring {
    Ring::from(points.to_vec())
}

/// A square with a hole, and a second piece apart.
fn shape() -> Shape {
    let outer = ring(&[[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]);
    let hole = ring(&[[4, 4], [4, 6], [6, 6], [6, 4], [4, 4]]);
    let piece = ring(&[[20, 0], [30, 0], [25, 10], [20, 0]]);
    Shape(vec![Polygon(vec![outer, hole]), Polygon(vec![piece])])
}

#[test]
fn borders_count_as_inside_and_holes_as_outside() {
    let shape = shape();
    let inside = [[1, 1], [0, 0], [10, 10], [10, 5], [5, 0], [5, 10], [4, 5], [6, 6], [25, 10], [25, 1], [22, 4]];
    let outside = [[5, 5], [11, 5], [-1, 0], [5, 11], [15, 0], [22, 5], [31, 0], [-1, 10], [11, 10], [26, 10]];
    for [x, y] in inside {
        assert!(shape.contains(position(x, y)), "{x} {y}");
    }
    for [x, y] in outside {
        assert!(!shape.contains(position(x, y)), "{x} {y}");
    }
    assert!(!Shape::default().contains(position(0, 0)) && !Polygon::default().contains(position(0, 0)));
}

#[test]
fn largest_coordinates_do_not_overflow() {
    let far = Shape(vec![Polygon(vec![ring(&[
        [i32::MIN, i32::MIN],
        [i32::MAX, i32::MIN],
        [i32::MAX, i32::MAX],
        [i32::MIN, i32::MIN],
    ])])]);
    assert!(far.contains(position(5, 5)) && far.contains(position(5, 4)) && !far.contains(position(5, 6)));
}

#[test]
fn shapes_are_written_like_geojson_in_e7() {
    let shape = shape();
    let text = serde_json::to_string(&shape).unwrap();
    assert!(text.starts_with("[[[[0,0],[10,0]"), "{text}");
    assert_eq!(serde_json::from_str::<Shape>(&text).unwrap(), shape);
    let around = shape.bounding_box().unwrap();
    assert_eq!((around.west_e7, around.east_e7, around.south_e7, around.north_e7), (0, 30, 0, 10));
}

#[test]
fn distances_are_those_of_the_mean_sphere() {
    let at = |lat, lon| Position::from_degrees(lat, lon).unwrap();
    // A degree of the meridian is the radius times pi / 180.
    assert!((distance_m(at(0.0, 0.0), at(1.0, 0.0)) - 111_195.08).abs() < 0.01);
    assert!((distance_m(at(0.0, 180.0), at(0.0, -180.0))).abs() < 1e-6);
    assert!((distance_m(at(90.0, 0.0), at(-90.0, 0.0)) - 20_015_114.4).abs() < 0.1);
    // Tiananmen to the Bund: 1,068 km on a sphere.
    let far = distance_m(at(39.9087, 116.3975), at(31.2400, 121.4900));
    assert!((1_060_000.0..1_075_000.0).contains(&far), "{far}");
}

/// Positions of the public test sets of open implementations: WGS-84, then GCJ-02, latitude first.
const KNOWN_GCJ: [[f64; 4]; 4] = [
    [31.1774276, 121.5272106, 31.17530398364597, 121.531541859215],
    [22.543847, 113.912316, 22.540796131694766, 113.9171764808363],
    [39.911954, 116.377817, 39.91334545536069, 116.38404722455657],
    [39.915, 116.404, 39.91640428150164, 116.41024449916938],
];

#[test]
fn gcj02_is_the_public_formula() {
    for [lat, lon, gcj_lat, gcj_lon] in KNOWN_GCJ {
        let gcj = Gcj02::from_wgs84(Position::from_degrees(lat, lon).unwrap());
        assert!((gcj.lat - gcj_lat).abs() < 1e-9 && (gcj.lon - gcj_lon).abs() < 1e-9, "{gcj:?}");
        let back = Gcj02 { lat: gcj_lat, lon: gcj_lon }.to_wgs84();
        assert_eq!(back, Position::from_degrees(lat, lon));
    }
    let paris = Position::from_degrees(48.8566, 2.3522).unwrap();
    assert_eq!(Gcj02::from_wgs84(paris), Gcj02 { lat: paris.lat(), lon: paris.lon() });
    assert_eq!(Gcj02 { lat: paris.lat(), lon: paris.lon() }.to_wgs84(), Some(paris));
    for (lat, lon) in [(f64::NAN, 100.0), (30.0, f64::INFINITY), (91.0, 0.0), (f64::NEG_INFINITY, f64::NAN)] {
        assert_eq!((Gcj02 { lat, lon }.to_wgs84(), Bd09 { lat, lon }.to_wgs84()), (None, None));
    }
}

#[test]
fn bd09_is_the_public_formula() {
    // From the public test sets of open implementations: WGS-84, then BD-09, latitude first.
    let (wgs, known) =
        (Position::from_degrees(30.6107779, 121.0917077).unwrap(), (30.61484572185035, 121.10271732371203));
    let found = Bd09::from_wgs84(wgs);
    assert!((found.lat - known.0).abs() < 1e-7 && (found.lon - known.1).abs() < 1e-7, "{found:?}");
    assert!(distance_m(Bd09 { lat: known.0, lon: known.1 }.to_wgs84().unwrap(), wgs) < 0.02);
    let wgs = Gcj02 { lat: 39.915, lon: 116.404 }.to_wgs84().unwrap();
    let baidu = Bd09::from_wgs84(wgs);
    assert!((baidu.lat - 39.92133699351021).abs() < 1e-7 && (baidu.lon - 116.41036949371029).abs() < 1e-7);
}

/// Three thousand grids of 200 positions under a hundred communities and ten streets: a district.
fn district() -> PinIndex {
    // A square whose sides are cut into equal edges.
    let square = |west: i32, south: i32, side: i32, cuts: i32| {
        let step = side / cuts;
        let along = |from: [i32; 2], by: [i32; 2]| (0..cuts).map(move |n| [from[0] + n * by[0], from[1] + n * by[1]]);
        let (east, north) = (west + step * cuts, south + step * cuts);
        let mut points: Vec<[i32; 2]> = along([west, south], [step, 0]).collect();
        points.extend(along([east, south], [0, step]));
        points.extend(along([east, north], [-step, 0]));
        points.extend(along([west, north], [0, -step]));
        points.push([west, south]);
        Shape(vec![Polygon(vec![Ring::from(points)])])
    };
    let mut areas = Vec::new();
    for (depth, count, side) in [(0u8, 3, 2_000_000), (1, 10, 600_000), (2, 60, 100_000)] {
        for (x, y) in (0..count).flat_map(|x| (0..count).map(move |y| (x, y))).take(3_000) {
            let code = format!("L{depth}-{x:02}-{y:02}").parse().unwrap();
            areas.push(Area { code, depth, shape: square(x * side, y * side, side, 50) });
        }
    }
    PinIndex::new(areas)
}

#[test]
fn pin_belongs_to_the_deepest_grid_and_on_a_border_to_the_smaller_code() {
    let index = district();
    let codes = |x, y| -> Vec<String> { index.containing(position(x, y)).iter().map(|c| c.to_string()).collect() };
    assert_eq!(codes(150_000, 50_000), ["L2-01-00", "L1-00-00", "L0-00-00"]);
    assert_eq!(codes(200_000, 50_000), ["L2-01-00", "L2-02-00", "L1-00-00", "L0-00-00"]);
    assert_eq!(codes(-1, 0), Vec::<String>::new());
    assert_eq!(index.grid_at(position(200_000, 100_000)).unwrap().as_str(), "L2-01-00");
}

proptest! {
    #[test]
    fn index_finds_what_a_plain_search_finds(
        triangles in prop::collection::vec((prop::array::uniform6(-20i32..20), 0u8..3), 0..30),
        x in -22i32..22, y in -22i32..22,
    ) {
        let areas: Vec<Area> = triangles.iter().enumerate().map(|(number, ([a, b, c, d, e, f], depth))| Area {
            code: format!("G{}", number * 7 % 30).parse::<GridCode>().unwrap(),
            depth: *depth,
            shape: Shape(vec![Polygon(vec![ring(&[[*a, *b], [*c, *d], [*e, *f], [*a, *b]])])]),
        }).collect();
        let pin = position(x, y);
        let mut plain: Vec<_> = areas.iter().filter(|area| area.shape.contains(pin)).collect();
        plain.sort_by_key(|area| (std::cmp::Reverse(area.depth), area.code.clone()));
        let plain: Vec<GridCode> = plain.into_iter().map(|area| area.code.clone()).collect();
        let index = PinIndex::new(areas);
        prop_assert_eq!(index.containing(pin).into_iter().cloned().collect::<Vec<_>>(), plain);
    }

    /// A triangle is an intersection of three half planes, which needs no ray.
    #[test]
    fn triangle_contains_what_its_half_planes_share(
        [a, b, c] in prop::array::uniform3((-9i64..9, -9i64..9)), (x, y) in (-10i64..10, -10i64..10),
    ) {
        let side = |p: (i64, i64), q: (i64, i64)| (q.0 - p.0) * (y - p.1) - (q.1 - p.1) * (x - p.0);
        let sides = [side(a, b), side(b, c), side(c, a)];
        let area = (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0);
        prop_assume!(area != 0);
        let expected = sides.iter().all(|side| side * area >= 0);
        let point = |p: (i64, i64)| [p.0 as i32, p.1 as i32];
        let shape = Shape(vec![Polygon(vec![ring(&[point(a), point(b), point(c), point(a)])])]);
        prop_assert_eq!(shape.contains(position(x as i32, y as i32)), expected);
        // Each vertex is on the border, also one at the top or at the bottom.
        prop_assert!([a, b, c].into_iter().all(|p| shape.contains(position(p.0 as i32, p.1 as i32))));
    }

    #[test]
    fn datums_lead_back_to_the_same_position(lat in 0.83f64..55.827, lon in 72.01f64..137.834) {
        let at = Position::from_degrees(lat, lon).unwrap();
        prop_assert!(distance_m(Gcj02::from_wgs84(at).to_wgs84().unwrap(), at) < 0.01);
        prop_assert!(distance_m(Bd09::from_wgs84(at).to_wgs84().unwrap(), at) < 0.015);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    note: String,
    note_zh: String,
    grids: Vec<Grid>,
    pins: Vec<Pin>,
    gcj02: Vec<Known>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Grid {
    code: GridCode,
    depth: u8,
    shape: Shape,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pin {
    note_zh: String,
    lon_e7: i32,
    lat_e7: i32,
    containing: Vec<GridCode>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    note_zh: String,
    lon_e7: i32,
    lat_e7: i32,
    gcj_lon: f64,
    gcj_lat: f64,
}

#[test]
fn pins_lie_in_the_grids_of_the_vectors() {
    let file: File = serde_json::from_str(include_str!("../../../../tests/vectors/pins.json")).unwrap();
    assert!(!file.note.is_empty() && !file.note_zh.is_empty() && file.pins.len() >= 20);
    assert!(file.grids.iter().all(|grid| grid.shape.check().is_empty()));
    let area = |grid: Grid| Area { code: grid.code, depth: grid.depth, shape: grid.shape };
    let index = PinIndex::new(file.grids.into_iter().map(area));
    for pin in file.pins {
        let at = position(pin.lon_e7, pin.lat_e7);
        assert_eq!(index.containing(at), pin.containing.iter().collect::<Vec<_>>(), "{}", pin.note_zh);
        assert_eq!(index.grid_at(at), pin.containing.first());
    }
    for known in file.gcj02 {
        let gcj = Gcj02::from_wgs84(position(known.lon_e7, known.lat_e7));
        let near = (gcj.lat - known.gcj_lat).abs() < 1e-7 && (gcj.lon - known.gcj_lon).abs() < 1e-7;
        assert!(near, "{}: {gcj:?}", known.note_zh);
    }
}
