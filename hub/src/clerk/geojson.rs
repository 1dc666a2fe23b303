//! Grids with boundaries, from GeoJSON (RFC 7946). What the coordinates mean is said by whoever gives the file: maps
//! sold in China are GCJ-02 or BD-09, and a file does not tell. What is stored is WGS-84.

use std::fmt;
use std::str::FromStr;

use redvest_domain::geo::{Bd09, Gcj02, Polygon, Ring, Shape};
use redvest_domain::id::GridCode;
use redvest_domain::place::Position;
use redvest_domain::reference::{Grid, Grids, Level};
use serde_json::{Map, Value};

use super::fault::{Faults, Place, RowFault, unreadable};
use super::grids::{GridSource, finish, level_of};
use super::levels::Levels;
use super::table::narrow;
use super::text::decode;
use super::wording::quoted;
use super::{File, MAX_FILE_BYTES, Parsed, Reading};

/// What the coordinates of a file mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Datum {
    /// WGS-84, as satellite receivers give it.
    Wgs84,
    /// GCJ-02 (国测局, Amap, Tencent).
    Gcj02,
    /// BD-09 in degrees (Baidu).
    Bd09,
    /// CGCS2000 in degrees. It is taken as WGS-84: the two agree within centimetres.
    Cgcs2000,
}

/// A text that names no datum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown_datum: write wgs84, gcj02, bd09 or cgcs2000; 没有这种坐标系，请填 wgs84、gcj02、bd09 或 cgcs2000。")]
pub struct NotADatum;

impl FromStr for Datum {
    type Err = NotADatum;
    fn from_str(text: &str) -> Result<Self, NotADatum> {
        let plain: String = text.to_lowercase().chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        match plain.as_str() {
            "wgs84" => Ok(Datum::Wgs84),
            "gcj02" => Ok(Datum::Gcj02),
            "bd09" => Ok(Datum::Bd09),
            "cgcs2000" => Ok(Datum::Cgcs2000),
            _ => Err(NotADatum),
        }
    }
}

impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Datum::Wgs84 => "WGS-84",
            Datum::Gcj02 => "GCJ-02",
            Datum::Bd09 => "BD-09",
            Datum::Cgcs2000 => "CGCS2000",
        })
    }
}

impl Datum {
    /// The position stored for a longitude and a latitude in degrees; `None` for what is not on Earth.
    pub fn to_wgs84(self, lon: f64, lat: f64) -> Option<Position> {
        match self {
            Datum::Wgs84 | Datum::Cgcs2000 => Position::from_degrees(lat, lon),
            Datum::Gcj02 => Position::from_degrees(lat, lon).and_then(|_| Gcj02 { lat, lon }.to_wgs84()),
            Datum::Bd09 => Position::from_degrees(lat, lon).and_then(|_| Bd09 { lat, lon }.to_wgs84()),
        }
    }
}

/// Values that a file may hold: each takes some 32 bytes of memory, however short it is in the file.
const MAX_VALUES: usize = 5_000_000;

const CODE: [&str; 6] = ["code", "编码", "网格编码", "gridcode", "grid_code", "代码"];
const NAME: [&str; 5] = ["name", "名称", "网格名称", "gridname", "grid_name"];
const LEVEL: [&str; 4] = ["level", "层级", "级别", "网格层级"];
const PARENT: [&str; 6] = ["parent", "上级", "上级编码", "上级网格", "parentcode", "parent_code"];

/// Reads grids from a GeoJSON FeatureCollection whose coordinates are of this datum. The levels may stand in the
/// collection's own member `levels`, a list of `code`, `name` and `name_en`.
///
/// # Errors
/// Every fault of the file; nothing of it may then be used.
pub fn geojson(file: &File<'_>, datum: Datum, source: &GridSource<'_>) -> Result<Parsed<Grids>, Vec<RowFault>> {
    let collection = collection(file)?;
    let mut faults = Faults::new(file.name);
    check_datum(collection.get("crs"), datum, &mut faults);
    let own: Option<Vec<Level>> = match collection.get("levels").map(|levels| serde_json::from_value(levels.clone())) {
        Some(Ok(levels)) => Some(levels),
        Some(Err(_)) => {
            faults.error(
                Place::Field { path: "levels".into(), line: None, column: None },
                "bad_levels",
                "levels 应为层级列表，每项含 code、name、name_en。",
                "levels has to be a list of levels, each with code, name and name_en.",
            );
            None
        }
        None => None,
    };
    let given = if source.levels.is_empty() { own.as_deref().unwrap_or_default() } else { source.levels };
    let levels = Levels::of(given, source.in_force);
    let features = collection.get("features").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if features.is_empty() {
        faults.error(
            Place::Field { path: "features".into(), line: None, column: None },
            "no_rows",
            "没有要素，请导出含网格的图层。",
            "There are no features: export a layer that has the grids.",
        );
    }
    let mut document = Grids::default();
    let mut indexes = Vec::new();
    for (index, feature) in features.iter().enumerate() {
        if let Some(grid) = grid(feature, index, &levels, datum, &mut faults) {
            document.grids.push(grid);
            indexes.push(index);
        }
    }
    let codes: Vec<String> = document.grids.iter().map(|grid| grid.code.to_string()).collect();
    let place = |index: Option<usize>, field: &str| match index.and_then(|at| indexes.get(at).zip(codes.get(at))) {
        Some((index, code)) => {
            let part = match field.strip_prefix("shape") {
                Some(vertex) => format!("coordinates{vertex}"),
                None => format!("properties.{field}"),
            };
            Place::Feature { index: *index, code: Some(code.clone()), part }
        }
        None => Place::File,
    };
    let value = finish(document, levels, source, &place, &mut faults);
    let reading = Reading { format: "geojson", encoding: None, sheet: None, rows: value.grids.len() };
    Ok(Parsed { warnings: faults.finish()?, value, reading })
}

/// The file as a FeatureCollection.
fn collection(file: &File<'_>) -> Result<Map<String, Value>, Vec<RowFault>> {
    let fail = |code, zh: &str, en: &str| unreadable(file.name, code, zh, en);
    let values = file.bytes.iter().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count();
    if file.bytes.len() > MAX_FILE_BYTES || values > MAX_VALUES {
        let (zh, en) = ("文件过大，请简化边界或按街道拆分。", "The file is too large: simplify the boundaries.");
        return Err(fail("too_large", zh, en));
    }
    if file.bytes.is_empty() {
        return Err(fail("empty_file", "文件是空的，请重新导出。", "The file is empty: export it again."));
    }
    let Ok((text, _)) = decode(file.bytes) else {
        let (zh, en) = ("文件不是 UTF-8 文本，请以 UTF-8 重新导出。", "The file is not UTF-8: export it as UTF-8.");
        return Err(fail("encoding_unknown", zh, en));
    };
    let value: Value = serde_json::from_str(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        fail(
            "not_json",
            &format!("第 {line} 行第 {column} 列起不是合法的 JSON，请重新导出 GeoJSON。"),
            &format!("From line {line}, column {column} on this is no JSON: export the GeoJSON again."),
        )
    })?;
    match value {
        Value::Object(collection) if collection.get("type").is_some_and(|kind| kind == "FeatureCollection") => {
            Ok(collection)
        }
        _ => Err(fail(
            "not_geojson",
            "不是 GeoJSON 要素集合（FeatureCollection），请重新导出。",
            "This is no GeoJSON FeatureCollection: export one.",
        )),
    }
}

/// Older files name a reference system. One in metres cannot be read; one that disagrees is doubtful, because programs
/// write WGS-84 by habit.
fn check_datum(crs: Option<&Value>, datum: Datum, faults: &mut Faults) {
    let name = crs.and_then(|crs| crs.get("properties")?.get("name")?.as_str()).unwrap_or_default();
    let plain = name.to_uppercase();
    let place = || Place::Field { path: "crs".into(), line: None, column: None };
    let fits = match plain.rsplit(':').next().unwrap_or_default() {
        "" => return,
        "CRS84" | "4326" => datum == Datum::Wgs84,
        "4490" => matches!(datum, Datum::Cgcs2000 | Datum::Wgs84),
        _ => {
            faults.error(
                place(),
                "crs_unknown",
                format!("坐标系 {} 不能读取，请以经纬度（EPSG:4490 或 4326）重新导出。", quoted(name)),
                format!("{} cannot be read: export in degrees (EPSG:4490 or 4326).", quoted(name)),
            );
            return;
        }
    };
    if !fits {
        faults.warning(
            place(),
            "datum_differs",
            format!("文件写明坐标系为 {}，而您选择了 {datum}；已按 {datum} 读取，请确认。", quoted(name)),
            format!(
                "The file names {} and you chose {datum}: it was read as {datum}, see that this is right.",
                quoted(name)
            ),
        );
    }
}

fn grid(feature: &Value, index: usize, levels: &Levels, datum: Datum, faults: &mut Faults) -> Option<Grid> {
    let none = Map::new();
    let properties = feature.get("properties").and_then(Value::as_object).unwrap_or(&none);
    let find = |names: &[&str]| {
        let matches = |key: &str| names.contains(&key.trim().to_lowercase().as_str());
        let (_, value) = properties.iter().find(|(key, _)| matches(key))?;
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        Some(text).filter(|text| !text.is_empty())
    };
    let code_text = find(&CODE);
    let at = |part: &str| Place::Feature { index, code: code_text.as_deref().map(quoted), part: part.to_owned() };
    let mut code_of = |text: &str, part: &str| {
        let code: Option<GridCode> = narrow(text).parse().ok();
        if code.is_none() {
            faults.error(
                at(part),
                "bad_code",
                format!("“{}”不能作编码：只用字母、汉字、数字、-、_、.，最长 40 字节。", quoted(text)),
                format!("{} is no code: letters, digits, '-', '_' and '.', at most 40 bytes.", quoted(text)),
            );
        }
        code
    };
    let code = code_text.as_deref().and_then(|text| code_of(text, "properties.code"));
    let parent = find(&PARENT).and_then(|text| code_of(&text, "properties.parent"));
    let (name, level_text) = (find(&NAME), find(&LEVEL));
    for (value, part) in [(&code_text, "code"), (&name, "name"), (&level_text, "level")] {
        if value.is_none() {
            faults.error(
                at(&format!("properties.{part}")),
                "property_missing",
                format!("缺少属性 {part}，请补上。"),
                format!("The property {part} is missing: add it."),
            );
        }
    }
    let level = level_text.and_then(|text| level_of(levels, &text, at("properties.level"), faults));
    let shape = shape(feature.get("geometry"), datum, &at, faults);
    Some(Grid { code: code?, name: name?, level: level?, parent, shape: shape? })
}

/// The boundary: `Some(None)` for a feature without geometry, `None` after a fault.
fn shape(
    geometry: Option<&Value>,
    datum: Datum,
    at: &dyn Fn(&str) -> Place,
    faults: &mut Faults,
) -> Option<Option<Shape>> {
    let Some(geometry) = geometry.filter(|geometry| !geometry.is_null()) else { return Some(None) };
    let coordinates = geometry.get("coordinates").and_then(Value::as_array);
    let polygons: Option<Vec<&Vec<Value>>> = match (geometry.get("type").and_then(Value::as_str), coordinates) {
        (Some("Polygon"), Some(rings)) => Some(vec![rings]),
        (Some("MultiPolygon"), Some(polygons)) => polygons.iter().map(Value::as_array).collect(),
        _ => None,
    };
    let Some(polygons) = polygons else {
        faults.error(
            at("geometry"),
            "not_a_polygon",
            "图形应为 Polygon 或 MultiPolygon，请改为面图层；没有边界请写 null。",
            "The geometry has to be a Polygon or MultiPolygon; write null for no boundary.",
        );
        return None;
    };
    let mut shape = Shape::default();
    for (polygon_at, rings) in polygons.iter().enumerate() {
        let mut polygon = Polygon::default();
        for (ring_at, ring) in rings.iter().enumerate() {
            let mut positions = Vec::new();
            for (vertex, pair) in ring.as_array().into_iter().flatten().enumerate() {
                let number = |item: usize| pair.get(item).and_then(Value::as_f64);
                let Some(position) = number(0).zip(number(1)).and_then(|(lon, lat)| datum.to_wgs84(lon, lat)) else {
                    faults.error(
                        at(&format!("coordinates[{polygon_at}][{ring_at}][{vertex}]")),
                        "point_out_of_range",
                        "不是经纬度坐标：应为 [经度, 纬度]，单位为度；米制坐标请先转换，并检查经纬度是否写反。",
                        "This is no [longitude, latitude] in degrees: convert metres first, and see their order.",
                    );
                    return None;
                };
                positions.push(position);
            }
            polygon.0.push(Ring(positions));
        }
        shape.0.push(polygon);
    }
    Some(Some(shape))
}
