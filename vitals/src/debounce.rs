//! Hysteresis: an alarm that needs several looks to be raised, and several to be cleared.

/// An alarm over a figure that is looked at again and again.
///
/// It is raised after so many bad looks in a row, and cleared after so many good ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Debounce {
    raise_after: u32,
    clear_after: u32,
    raised: bool,
    /// Looks in a row that contradict `raised`.
    contradictions: u32,
}

impl Debounce {
    /// An alarm that is not raised. Zeros count as one.
    pub const fn new(raise_after: u32, clear_after: u32) -> Self {
        Self { raise_after, clear_after, raised: false, contradictions: 0 }
    }

    /// Takes one look in; says whether the alarm is raised now.
    pub const fn look(&mut self, is_bad: bool) -> bool {
        if is_bad == self.raised {
            self.contradictions = 0;
            return self.raised;
        }
        self.contradictions = self.contradictions.saturating_add(1);
        let needed = if self.raised { self.clear_after } else { self.raise_after };
        if self.contradictions >= needed {
            self.raised = is_bad;
            self.contradictions = 0;
        }
        self.raised
    }

    /// Whether the alarm is raised.
    pub const fn is_raised(&self) -> bool {
        self.raised
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(alarm: &mut Debounce, looks: &str) -> String {
        looks.chars().map(|look| if alarm.look(look == 'x') { '!' } else { '.' }).collect()
    }

    #[test]
    fn a_wavering_figure_raises_nothing_and_a_steady_one_does() {
        let mut alarm = Debounce::new(3, 2);
        assert_eq!(looks(&mut alarm, "x.xx.xxxx"), ".".repeat(7) + "!!");
        assert!(alarm.is_raised());
    }

    #[test]
    fn a_raised_alarm_is_cleared_as_slowly() {
        let mut alarm = Debounce::new(1, 3);
        assert_eq!(looks(&mut alarm, "x..x...."), "!!!!!!..");
    }

    #[test]
    fn zeros_count_as_one() {
        assert_eq!(looks(&mut Debounce::new(0, 0), "x.x"), "!.!");
    }
}
