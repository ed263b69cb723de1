//! Frames of the live feed, read for the times in them and nothing else: a thousand readers share the processors with
//! what they measure.

/// The longest delivery told apart, in milliseconds; what took longer counts as this.
const LONGEST_MS: usize = 4_000;

/// What was seen in a window.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    pub(super) frames: u64,
    pub(super) bytes: u64,
    pub(super) values: u64,
    pub(super) missed: u64,
    /// Values by how many milliseconds lay between their source time and their arrival.
    by_milliseconds: Vec<u32>,
}

impl Default for Tally {
    fn default() -> Self {
        Self { frames: 0, bytes: 0, values: 0, missed: 0, by_milliseconds: vec![0; LONGEST_MS + 1] }
    }
}

impl Tally {
    /// Takes a text frame that arrived now.
    pub(super) fn take(&mut self, text: &[u8], now_ms: i64) {
        self.bytes += u64::try_from(text.len()).unwrap_or(0);
        if text.starts_with(br#"{"type":"telemetry""#) {
            self.frames += 1;
            self.take_values(text, now_ms);
        } else if let Some(missed) = text.strip_prefix(br#"{"type":"lagged","missed":"#) {
            self.missed += u64::try_from(integer(missed)).unwrap_or(0);
        }
    }

    /// `…"ts":T,"values":{…},"quality":{"a":"GOOD",…},"times":{"a":T,…}`: those not in `times` have the time `ts`. No
    /// text in our fleet holds a brace or a colon.
    fn take_values(&mut self, text: &[u8], now_ms: i64) {
        let mut objects = text.split(|byte| *byte == b'{').skip(2);
        let ts = after(text, br#""ts":"#).map_or(0, integer);
        let values = objects.next().map_or(0, entries);
        let _quality = objects.next();
        let times = after(text, br#""times":{"#).unwrap_or_default();
        let times = times.split(|byte| *byte == b'}').next().unwrap_or_default();
        let mut others = 0;
        for time in times.split(|byte| *byte == b':').skip(1) {
            self.note(now_ms - integer(time), 1);
            others += 1;
        }
        self.note(now_ms - ts, values.saturating_sub(others));
    }

    fn note(&mut self, milliseconds: i64, values: u32) {
        let place = usize::try_from(milliseconds).unwrap_or(0).min(LONGEST_MS);
        if let Some(count) = self.by_milliseconds.get_mut(place) {
            *count += values;
            self.values += u64::from(values);
        }
    }

    /// Adds what another one saw.
    pub(super) fn add(&mut self, other: &Self) {
        self.frames += other.frames;
        self.bytes += other.bytes;
        self.values += other.values;
        self.missed += other.missed;
        for (sum, count) in self.by_milliseconds.iter_mut().zip(&other.by_milliseconds) {
            *sum += count;
        }
    }

    /// The milliseconds within which so many in a thousand values arrived.
    pub(super) fn quantile(&self, per_mille: u64) -> f64 {
        let rank = (self.values * per_mille).div_ceil(1_000).max(1);
        let mut seen = 0;
        let place = self.by_milliseconds.iter().position(|count| {
            seen += u64::from(*count);
            seen >= rank
        });
        place.and_then(|place| u32::try_from(place).ok()).map_or(f64::INFINITY, f64::from)
    }
}

/// How many members an object has.
fn entries(object: &[u8]) -> u32 {
    let members = object.split(|byte| *byte == b'}').next().unwrap_or_default();
    members.iter().map(|byte| u32::from(*byte == b':')).sum()
}

fn after<'a>(text: &'a [u8], what: &[u8]) -> Option<&'a [u8]> {
    let place = text.windows(what.len()).position(|part| part == what)?;
    text.get(place + what.len()..)
}

fn integer(text: &[u8]) -> i64 {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_of_all_values_are_found() {
        let frame = br#"{"type":"telemetry","tenant":"feed","site":"feed-01","plcId":"plc-01","ts":1700000000050,"values":{"a":83.2,"b":"RUNNING","c":7},"quality":{"a":"GOOD","b":"GOOD","c":"GOOD"},"times":{"b":1700000000030}}"#;
        let mut tally = Tally::default();
        tally.take(frame, 1_700_000_000_060);
        tally.take(br#"{"type":"lagged","missed":12}"#, 0);
        tally.take(br#"{"type":"tick"}"#, 0);
        assert_eq!((tally.frames, tally.values, tally.missed), (1, 3, 12));
        assert_eq!((tally.quantile(500), tally.quantile(1_000)), (10.0, 30.0));
        let alone = br#"{"type":"telemetry","plcId":"plc-01","ts":1700000000050,"values":{"a":1},"quality":{"a":"GOOD"}}"#;
        let mut other = Tally::default();
        other.take(alone, 1_700_000_000_051);
        tally.add(&other);
        assert_eq!((tally.frames, tally.values, tally.quantile(1)), (2, 4, 1.0));
    }
}
