//! Points in time as people write them, in UTC.

use protocol::time::UnixSeconds;

const SECONDS_PER_DAY: u64 = 86_400;
/// Days of 400 years, after which the Gregorian calendar repeats itself.
const DAYS_PER_ERA: u64 = 146_097;
/// Days from 0000-03-01, where an era begins, to 1970-01-01.
const DAYS_BEFORE_1970: u64 = 719_468;

/// The date and time: `2026-11-22 10:05:30 UTC`.
pub fn date_and_time(moment: UnixSeconds) -> String {
    let (days, second) = (moment.0 / SECONDS_PER_DAY, moment.0 % SECONDS_PER_DAY);
    let (year, month, day) = civil_date(days);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// Year, month and day of a number of days since 1970-01-01.
///
/// The algorithm of Howard Hinnant's `civil_from_days`: years begin in March, so that the leap day
/// is the last of its year.
const fn civil_date(days_since_1970: u64) -> (u64, u64, u64) {
    let days = days_since_1970 + DAYS_BEFORE_1970;
    let (era, day_of_era) = (days / DAYS_PER_ERA, days % DAYS_PER_ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era * 400 + year_of_era;
    (if month <= 2 { year + 1 } else { year }, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        for (seconds, text) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_399, "2000-02-28 23:59:59 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (1_764_706_927, "2025-12-02 20:22:07 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"),
        ] {
            assert_eq!(date_and_time(UnixSeconds(seconds)), text);
        }
    }
}
