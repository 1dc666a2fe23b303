//! GeoJSON: datums, boundaries, places of faults.

use redvest_domain::geo::{Bd09, Gcj02};
use redvest_domain::place::Position;
use serde_json::{Value, json};

use super::*;
use crate::clerk::{Datum, GridSource, Language, TableFormat, TemplateKind, geojson, grids, template};

fn read(features: Value, datum: Datum) -> Result<Parsed<Grids>, Vec<RowFault>> {
    read_file(json!({"type": "FeatureCollection", "features": features}), datum)
}

fn read_file(collection: Value, datum: Datum) -> Result<Parsed<Grids>, Vec<RowFault>> {
    let source = GridSource { levels: &[], in_force: &in_force(), keep_boundaries: false };
    geojson(&file("grids.geojson", collection.to_string().as_bytes()), datum, &source)
}

fn feature(code: &str, parent: Option<&str>, ring: &[[f64; 2]]) -> Value {
    let properties = json!({"code": code, "name": code, "层级": "网格", "上级": parent});
    json!({"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}})
}

const SQUARE: [[f64; 2]; 5] = [[118.79, 32.05], [118.8, 32.05], [118.8, 32.06], [118.79, 32.06], [118.79, 32.05]];

fn texts(result: Result<Parsed<Grids>, Vec<RowFault>>) -> Vec<String> {
    result.unwrap_err().iter().map(|fault| fault.text(Language::En)).collect()
}

#[test]
fn a_boundary_is_stored_in_wgs_84_whatever_map_it_was_drawn_on() {
    let spot = Position::from_degrees(32.05, 118.79).unwrap();
    let (gcj, bd) = (Gcj02::from_wgs84(spot), Bd09::from_wgs84(spot));
    let drawn = |lon: f64, lat: f64| {
        let ring = [[lon, lat], [lon + 0.01, lat], [lon + 0.01, lat + 0.01], [lon, lat]];
        feature("A", None, &ring)
    };
    for (datum, lon, lat) in [
        (Datum::Wgs84, 118.79, 32.05),
        (Datum::Cgcs2000, 118.79, 32.05),
        (Datum::Gcj02, gcj.lon, gcj.lat),
        (Datum::Bd09, bd.lon, bd.lat),
    ] {
        let parsed = read(json!([drawn(lon, lat)]), datum).unwrap();
        let shape = parsed.value.grids[0].shape.clone().unwrap();
        assert_eq!(shape.0[0].0[0].0[0], spot, "{datum}");
    }
    let wrong = read(json!([drawn(gcj.lon, gcj.lat)]), Datum::Wgs84).unwrap();
    assert_ne!(wrong.value.grids[0].shape.clone().unwrap().0[0].0[0].0[0], spot);
}

#[test]
fn a_datum_has_to_be_named_rightly() {
    assert_eq!("GCJ-02".parse(), Ok(Datum::Gcj02));
    assert_eq!("cgcs2000".parse(), Ok(Datum::Cgcs2000));
    for wrong in ["", "beijing54", "wgs", "gcj"] {
        assert!(wrong.parse::<Datum>().unwrap_err().to_string().starts_with("unknown_datum"), "{wrong}");
    }
}

#[test]
fn a_crossing_boundary_and_an_unknown_parent_are_named_by_feature_and_code() {
    let bow = [[118.79, 32.05], [118.8, 32.06], [118.8, 32.05], [118.79, 32.06], [118.79, 32.05]];
    let found = texts(read(json!([feature("A", None, &SQUARE), feature("B", Some("Z"), &bow)]), Datum::Wgs84));
    assert_eq!(
        found,
        [
            "grids.geojson › features[1] (B) › properties.parent: There is no grid Z to be the parent: correct it, or \
             add that grid first. (unknown_parent)",
            "grids.geojson › features[1] (B) › coordinates[0][0][0]: The edge after this vertex crosses or touches \
             another: move the vertex. (self_crossing)",
        ]
    );
}

#[test]
fn coordinates_in_metres_or_of_no_polygon_are_refused() {
    let metres = feature("A", None, &[[667_000.0, 3_547_000.0], [668_000.0, 3_547_000.0], [667_000.0, 3_547_000.0]]);
    let point = json!({"properties": {"code": "B", "name": "B", "level": "grid"},
        "geometry": {"type": "Point", "coordinates": [118.79, 32.05]}});
    let broken = json!({"properties": {"code": "C", "name": "C", "level": "grid"},
        "geometry": {"type": "MultiPolygon", "coordinates": [7, [[["x", null]]]]}});
    let found = read(json!([metres, point, broken, 5]), Datum::Cgcs2000).unwrap_err();
    let codes: Vec<&str> = found.iter().map(|fault| fault.code).collect();
    assert_eq!(
        codes,
        [
            "point_out_of_range",
            "not_a_polygon",
            "not_a_polygon",
            "property_missing",
            "property_missing",
            "property_missing"
        ]
    );
}

#[test]
fn a_file_in_a_projection_is_refused_and_one_that_disagrees_is_doubted() {
    let with = |crs: &str, datum| {
        let crs = json!({"type": "name", "properties": {"name": crs}});
        read_file(json!({"type": "FeatureCollection", "crs": crs, "features": [feature("A", None, &SQUARE)]}), datum)
    };
    assert_eq!(with("urn:ogc:def:crs:EPSG::4547", Datum::Cgcs2000).unwrap_err()[0].code, "crs_unknown");
    assert_eq!(with("urn:ogc:def:crs:OGC:1.3:CRS84", Datum::Gcj02).unwrap().warnings[0].code, "datum_differs");
    assert_eq!(with("urn:ogc:def:crs:EPSG::4490", Datum::Cgcs2000).unwrap().warnings, []);
}

#[test]
fn what_is_no_feature_collection_is_refused() {
    let source = GridSource { levels: &[], in_force: &in_force(), keep_boundaries: false };
    let deep = "[".repeat(100_000);
    for (bytes, code) in [
        ("", "empty_file"),
        ("{\"type\":\"Feature\"}", "not_geojson"),
        ("[1]", "not_geojson"),
        ("{\"type\":", "not_json"),
        (deep.as_str(), "not_json"),
        ("{\"type\":\"FeatureCollection\",\"features\":[]}", "no_rows"),
        ("{\"type\":\"FeatureCollection\",\"features\":7}", "no_rows"),
    ] {
        let found = geojson(&file("g", bytes.as_bytes()), Datum::Wgs84, &source).unwrap_err();
        assert_eq!(found[0].code, code);
    }
    let many = ",".repeat(5_000_001);
    assert_eq!(geojson(&file("g", many.as_bytes()), Datum::Wgs84, &source).unwrap_err()[0].code, "too_large");
}

#[test]
fn the_template_reads_back_and_its_square_holds_its_middle() {
    let bytes = template(TemplateKind::GridsGeoJson, TableFormat::Csv).unwrap();
    let source = GridSource { levels: &[], in_force: &Grids::default(), keep_boundaries: false };
    let parsed = geojson(&file("g", &bytes), Datum::Wgs84, &source).unwrap();
    assert_eq!((parsed.warnings, parsed.value.levels.len()), (vec![], 2));
    let shape = parsed.value.grids[1].shape.clone().unwrap();
    assert!(shape.contains(Position::from_degrees(32.0525, 118.7925).unwrap()));
}

#[test]
fn a_table_keeps_boundaries_only_when_told_to() {
    let mut before = in_force();
    let drawn = read(json!([feature("SQ01-01", None, &SQUARE)]), Datum::Wgs84).unwrap().value;
    before.grids[2].shape = drawn.grids[0].shape.clone();
    let text = "编码,名称,层级,上级\nJD01,东门街道,street,\nSQ01,东门社区,社区,JD01\nSQ01-01,改名网格,网格,SQ01\n";
    for keep_boundaries in [false, true] {
        let source = GridSource { levels: &[], in_force: &before, keep_boundaries };
        let parsed = grids(&file("g.csv", text.as_bytes()), &source).unwrap().value;
        assert_eq!(parsed.grids[2].shape.is_some(), keep_boundaries);
        assert_eq!(parsed.levels, before.levels);
    }
}
