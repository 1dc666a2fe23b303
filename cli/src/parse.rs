//! Reading what people type: amounts, instants, positions, holders, references to tickets. Nothing here guesses: what
//! could mean two things is refused with an example of what to type.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use redvest_domain::place::Position;
use redvest_domain::terms::Holder;
use redvest_domain::time::{Clock, Limit, Pause, Timestamp};
use redvest_hub::orders::TicketName;

use crate::failure::Input;

/// Minutes from UTC where nothing else is said: China.
pub const CHINA_MINUTES: i32 = 480;

/// An amount of time as typed: `30m`, `4h`, `1h30m` or `2d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// Minutes.
    Minutes(u32),
    /// Days.
    Days(u32),
}

/// Reads an [`Amount`].
///
/// # Errors
/// `bad_amount`.
pub fn amount(text: &str) -> Result<Amount, Input> {
    let bad = || {
        Input::new(
            "bad_amount",
            format!("时长“{text}”看不懂；请写成 30m、4h、1h30m 或 2d。"),
            format!("The amount \"{text}\" is not understood; write 30m, 4h, 1h30m or 2d."),
        )
    };
    let number = |digits: &str| -> Option<u32> {
        let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        plain.then(|| digits.parse().ok()).flatten()
    };
    let text = text.trim();
    if let Some(days) = text.strip_suffix('d') {
        return number(days).map(Amount::Days).ok_or_else(bad);
    }
    let (hours, minutes) = match text.split_once('h') {
        Some((hours, "")) => (number(hours), Some(0)),
        Some((hours, minutes)) => (number(hours), minutes.strip_suffix('m').and_then(number)),
        None => (Some(0), text.strip_suffix('m').and_then(number)),
    };
    let total = hours.zip(minutes).and_then(|(hours, minutes)| hours.checked_mul(60)?.checked_add(minutes));
    total.map(Amount::Minutes).ok_or_else(bad)
}

impl Amount {
    /// The limit of this amount on a clock.
    ///
    /// # Errors
    /// `amount_unit` when the clock counts in the other unit.
    pub fn on(self, clock: Clock) -> Result<Limit, Input> {
        let in_days = matches!(clock, Clock::WorkingDays | Clock::NaturalDays);
        match self {
            Amount::Days(amount) if in_days => Ok(Limit { clock, amount }),
            Amount::Minutes(amount) if !in_days => Ok(Limit { clock, amount }),
            Amount::Days(_) => Err(Input::new(
                "amount_unit",
                "这种时限按小时和分钟计，请写成 4h 或 30m。",
                "This clock counts in hours and minutes; write 4h or 30m.",
            )),
            Amount::Minutes(_) => {
                Err(Input::new("amount_unit", "这种时限按天计，请写成 2d。", "This clock counts in days; write 2d."))
            }
        }
    }
}

/// Reads an instant: RFC 3339 with an offset, or a local date and time such as `2026-05-01 09:30`, or a date alone,
/// which is its first moment. Local is what `offset_minutes` from UTC says.
///
/// # Errors
/// `bad_instant`.
pub fn instant(text: &str, offset_minutes: i32) -> Result<Timestamp, Input> {
    let text = text.trim();
    if let Some(at) = Timestamp::from_rfc3339(text) {
        return Ok(at);
    }
    let forms = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"];
    let moment = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|date| date.and_time(NaiveTime::MIN));
    let local = moment.or_else(day).ok_or_else(|| {
        Input::new(
            "bad_instant",
            format!("时间“{text}”看不懂；请写成 \"2026-05-01 09:30\" 或 2026-05-01T09:30:00+08:00。"),
            format!("The time \"{text}\" is not understood; write \"2026-05-01 09:30\" or 2026-05-01T09:30:00+08:00."),
        )
    })?;
    Ok(Timestamp(local.and_utc().timestamp_millis()).plus_ms(-i64::from(offset_minutes) * 60_000))
}

/// Reads an instant that has to say its own offset, for `--now`.
///
/// # Errors
/// `bad_instant`.
pub fn now(text: &str) -> Result<Timestamp, Input> {
    Timestamp::from_rfc3339(text.trim()).ok_or_else(|| {
        Input::new(
            "bad_instant",
            format!("时间“{text}”看不懂；请写成 2026-05-01T09:30:00+08:00，须带时区。"),
            format!("The time \"{text}\" is not understood; write 2026-05-01T09:30:00+08:00, with its offset."),
        )
    })
}

/// Reads a pause `FROM/TO`, or `FROM/` for one that still lasts.
///
/// # Errors
/// `bad_pause`, `bad_instant`.
pub fn pause(text: &str, offset_minutes: i32) -> Result<Pause, Input> {
    let (from, to) = text.split_once('/').ok_or_else(|| {
        Input::new(
            "bad_pause",
            format!("停表时段“{text}”看不懂；请写成 开始/结束，未结束写 开始/。"),
            format!("The pause \"{text}\" is not understood; write FROM/TO, or FROM/ while it lasts."),
        )
    })?;
    let from = instant(from, offset_minutes)?;
    let to = if to.trim().is_empty() { None } else { Some(instant(to, offset_minutes)?) };
    if to.is_some_and(|to| to < from) {
        return Err(Input::new(
            "bad_pause",
            format!("停表时段“{text}”的结束早于开始。"),
            format!("The pause \"{text}\" ends before it begins."),
        ));
    }
    Ok(Pause { from, to })
}

/// Reads a WGS-84 position `LATITUDE,LONGITUDE` in degrees.
///
/// # Errors
/// `bad_position`; a pair that only makes sense the other way round is said to be swapped.
pub fn position(text: &str) -> Result<Position, Input> {
    let bad = || {
        Input::new(
            "bad_position",
            format!("位置“{text}”看不懂；请写成 纬度,经度，如 32.0603,118.7969。"),
            format!("The position \"{text}\" is not understood; write LATITUDE,LONGITUDE such as 32.0603,118.7969."),
        )
    };
    let (lat, lon) = text.split_once([',', '，']).ok_or_else(bad)?;
    let number = |text: &str| text.trim().parse::<f64>().map_err(|_| bad());
    let (lat, lon) = (number(lat)?, number(lon)?);
    Position::from_degrees(lat, lon).ok_or_else(|| match Position::from_degrees(lon, lat) {
        Some(_) => Input::new(
            "bad_position",
            format!("位置“{text}”的纬度超出 ±90；是否把经纬度写反了？应为 纬度,经度：{lon},{lat}。"),
            format!("The latitude of \"{text}\" is beyond ±90; is it swapped? Latitude comes first: {lon},{lat}."),
        ),
        None => bad(),
    })
}

/// Reads a length in metres as centimetres, such as `8` or `12.5`.
///
/// # Errors
/// `bad_length`.
pub fn metres(text: &str) -> Result<u32, Input> {
    let metres = text.trim().trim_end_matches('m').parse::<f64>().ok();
    // In range, so the rounded value fits an u32.
    metres
        .filter(|metres| (0.0..=10_000_000.0).contains(metres))
        .map(|metres| (metres * 100.0).round() as u32)
        .ok_or_else(|| {
            Input::new(
                "bad_length",
                format!("精度“{text}”看不懂；请写米数，如 8。"),
                format!("The accuracy \"{text}\" is not understood; write metres, such as 8."),
            )
        })
}

/// Reads who holds a ticket: `grid:CODE` or `agency:CODE`.
///
/// # Errors
/// `bad_holder`.
pub fn holder(text: &str) -> Result<Holder, Input> {
    let bad = || {
        Input::new(
            "bad_holder",
            format!("“{text}”不是网格或责任单位；请写成 grid:编码 或 agency:编码。"),
            format!("\"{text}\" is no grid and no agency; write grid:CODE or agency:CODE."),
        )
    };
    match text.split_once(':') {
        Some(("grid", code)) => code.parse().map(Holder::Grid).map_err(|_| bad()),
        Some(("agency", code)) => code.parse().map(Holder::Agency).map_err(|_| bad()),
        _ => Err(bad()),
    }
}

/// Reads a code of a catalogue, a grid, a reason and the like.
///
/// # Errors
/// `bad_code`.
pub fn code<C: std::str::FromStr>(text: &str) -> Result<C, Input> {
    text.trim().parse().map_err(|_| {
        Input::new(
            "bad_code",
            format!("“{text}”不是编码；编码由字母、数字、汉字和 - _ . 组成，最多 40 字节。"),
            format!("\"{text}\" is no code; codes are 1 to 40 bytes of letters, digits, '-', '_' or '.'."),
        )
    })
}

/// Reads the id of a member, a device or an event.
///
/// # Errors
/// `bad_id`.
pub fn id<I: std::str::FromStr>(text: &str) -> Result<I, Input> {
    text.trim().parse().map_err(|_| {
        Input::new(
            "bad_id",
            format!("“{text}”不是编号；请写完整的 UUID，如列表所示。"),
            format!("\"{text}\" is no id; write the whole UUID as the lists show it."),
        )
    })
}

/// Reads a ticket as the hub names it: its id, or anything else as its short number.
///
/// # Errors
/// None; whether there is such a number is the hub's to say.
pub fn ticket_name(text: &str) -> Result<TicketName, Input> {
    let text = text.trim();
    Ok(text.parse().map_or_else(|_| TicketName::Number(text.to_owned()), TicketName::Id))
}

#[cfg(test)]
mod tests;
