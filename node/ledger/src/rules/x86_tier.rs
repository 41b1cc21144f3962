//! Which generation of x86 a CPU is, by its name and its vector units.

use protocol::fingerprint::CheckData;

use super::isa::has_word;

/// The newest vector unit that was seen; older ones come with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Simd {
    /// None, or MMX.
    None,
    /// SSE, from 1999 on.
    Sse,
    /// AVX, from 2011 on.
    Avx,
}

/// A generation with a bonus.
struct Tier {
    /// Its keys in the multiplier table.
    archs: &'static [&'static str],
    /// The newest vector unit that it has.
    simd: Simd,
    /// What stands in its CPUs' names; a `*` means that the word goes on.
    names: &'static [&'static str],
}

const TIERS: &[Tier] = &[
    tier(&["386", "i386", "386dx", "386sx"], Simd::None, &["80386*", "i386*", "386*"]),
    tier(
        &["486", "i486", "486dx", "486dx2", "486dx4"],
        Simd::None,
        &["80486*", "i486*", "486*", "am486*", "cx486*"],
    ),
    tier(
        &["pentium"],
        Simd::None,
        &["pentium 60", "pentium 66", "pentium 75*", "pentium p5*", "pentium mmx"],
    ),
    tier(&["pentium_mmx"], Simd::None, &["pentium mmx", "pentium with mmx"]),
    tier(&["pentium_pro"], Simd::None, &["pentium pro"]),
    tier(&["pentium_ii"], Simd::None, &["pentium ii"]),
    tier(&["pentium_iii"], Simd::Sse, &["pentium iii"]),
    tier(&["pentium_m", "pentium_m_banias", "pentium_m_dothan"], Simd::Sse, &["pentium m"]),
    tier(&["pentium_m_yonah"], Simd::Sse, &["pentium m", "core duo", "genuine intel t2*"]),
    tier(&["pentium4"], Simd::Sse, &["pentium 4"]),
    tier(&["pentium_d"], Simd::Sse, &["pentium d"]),
    tier(&["core2", "core2duo"], Simd::Sse, &["core2*", "core 2*"]),
    tier(&["retro"], Simd::Sse, RETRO_NAMES),
    tier(&["nehalem", "westmere"], Simd::Sse, NEHALEM_NAMES),
    tier(&["sandy_bridge", "sandybridge"], Simd::Avx, &["i3-2*", "i5-2*", "i7-2*"]),
    tier(&["ivy_bridge", "ivybridge"], Simd::Avx, &["i3-3*", "i5-3*", "i7-3*"]),
    tier(&["haswell"], Simd::Avx, &["i3-4*", "i5-4*", "i7-4*"]),
    tier(&["broadwell"], Simd::Avx, &["i3-5*", "i5-5*", "i7-5*"]),
    tier(&["skylake"], Simd::Avx, &["i3-6*", "i5-6*", "i7-6*"]),
    tier(&["cyrix_6x86"], Simd::None, &["cyrix 6x86*"]),
    tier(&["cyrix_mii"], Simd::None, &["cyrix mii*", "cyrix m ii*"]),
    tier(&["cyrix_mediagx"], Simd::None, &["cyrix mediagx*", "mediagx*"]),
    tier(&["k5"], Simd::None, &["amd-k5*"]),
    tier(&["k6"], Simd::None, &["amd-k6*"]),
    tier(&["k6_2"], Simd::None, &["amd-k6 3d*", "amd-k6-2*"]),
    tier(&["k6_3"], Simd::None, &["amd-k6 3d+*", "amd-k6-iii*", "amd-k6-3*"]),
    tier(&["winchip", "winchip_c6"], Simd::None, &["winchip*"]),
    tier(&["transmeta_crusoe"], Simd::None, &["crusoe*", "transmeta crusoe*"]),
    tier(&["transmeta_efficeon"], Simd::Sse, &["efficeon*", "transmeta efficeon*"]),
    tier(&["via_c3"], Simd::Sse, &["via nehemiah", "via samuel*", "via ezra", "via c3*"]),
    tier(&["via_c7"], Simd::Sse, &["via c7*", "via esther*"]),
    tier(&["via_nano"], Simd::Sse, &["via nano*"]),
    tier(&["k7_athlon"], Simd::Sse, &["athlon*", "duron*"]),
    tier(&["k8_athlon64"], Simd::Sse, &["athlon 64*", "athlon64*", "opteron*", "sempron*"]),
    tier(&["k10_phenom"], Simd::Sse, &["phenom*"]),
    tier(&["bulldozer", "piledriver"], Simd::Avx, &["amd fx*"]),
    tier(&["steamroller"], Simd::Avx, &["a10-7*", "a8-7*"]),
    tier(&["excavator"], Simd::Avx, &["a12-9*", "a10-9*", "a8-9*"]),
    tier(&["zen"], Simd::Avx, &["ryzen 3 1*", "ryzen 5 1*", "ryzen 7 1*"]),
    tier(&["zen_plus"], Simd::Avx, &["ryzen 3 2*", "ryzen 5 2*", "ryzen 7 2*"]),
    tier(&["zen2"], Simd::Avx, &["ryzen 3 3*", "ryzen 5 3*", "ryzen 7 3*", "ryzen 9 3*"]),
];

const RETRO_NAMES: &[&str] = &[
    "pentium ii",
    "pentium iii",
    "pentium 4",
    "pentium m",
    "pentium d",
    "pentium mmx",
    "pentium pro",
    "core2*",
    "core 2*",
    "athlon*",
    "duron*",
    "sempron*",
    "amd-k6*",
    "via c3*",
    "via c7*",
    "atom*",
];
/// Intel wrote "CPU" before the model number until the second generation of Core.
const NEHALEM_NAMES: &[&str] = &[
    "core i3 cpu*",
    "core i5 cpu*",
    "core i7 cpu*",
    "xeon cpu e55*",
    "xeon cpu l55*",
    "xeon cpu x55*",
    "xeon cpu e56*",
    "xeon cpu l56*",
    "xeon cpu x56*",
];

const fn tier(archs: &'static [&'static str], simd: Simd, names: &'static [&'static str]) -> Tier {
    Tier { archs, simd, names }
}

fn tier_of(arch: &str) -> Option<&'static Tier> {
    TIERS.iter().find(|tier| tier.archs.contains(&arch))
}

/// Whether a vector unit was seen that the generation does not have.
pub fn is_too_new(arch: &str, seen: Simd) -> bool {
    tier_of(arch).is_some_and(|tier| seen > tier.simd)
}

/// Whether a CPU's plain name is one of the generation.
///
/// Rows that are no generation (Windows names CPUs by family and model) stand in the name as they are.
pub fn is_named(arch: &str, cpu: &str) -> bool {
    let Some(tier) = tier_of(arch) else {
        return has_word(cpu, &arch.to_lowercase(), true);
    };
    tier.names.iter().any(|name| match name.strip_suffix('*') {
        Some(start) => has_word(cpu, start, false),
        None => has_word(cpu, name, true),
    })
}

/// Whether the generation is older than the time-stamp counter (Pentium, 1993).
pub fn is_without_tsc(arch: &str) -> bool {
    ["386", "i386", "386dx", "386sx", "486", "i486", "486dx", "486dx2", "486dx4"].contains(&arch)
}

/// The newest vector unit among what `simd_identity` found and the flags that were listed.
pub fn newest_simd(data: Option<&CheckData>, flags: &[&str]) -> Simd {
    let has = |names: &[&str]| data.is_some_and(|data| names.iter().any(|name| data.is_true(name)));
    let features = data.into_iter().flat_map(|data| data.texts("x86_features"));
    let listed: Vec<&str> = flags.iter().copied().chain(features).collect();
    let begins =
        |start: &str| listed.iter().any(|flag| flag.to_ascii_lowercase().starts_with(start));
    if has(&["has_avx", "has_avx2", "has_avx512f"]) || begins("avx") {
        Simd::Avx
    } else if has(&["has_sse", "has_sse2", "has_sse3", "has_sse4_1", "has_sse4_2"])
        || begins("sse")
        || data.is_some_and(|data| data.texts("x86_features").next().is_some())
    {
        Simd::Sse
    } else {
        Simd::None
    }
}

#[cfg(test)]
mod tests {
    use super::super::isa::plain_name;
    use super::*;

    #[test]
    fn names_tell_generations_apart() {
        for (arch, cpu, expected) in [
            ("pentium_ii", "Intel(R) Pentium(R) II", true),
            ("pentium_ii", "Intel(R) Pentium(R) III", false),
            ("pentium_iii", "Intel(R) Pentium(R) III CPU family 1133MHz", true),
            ("pentium_m_dothan", "Intel(R) Pentium(R) M processor 1.86GHz", true),
            ("pentium4", "Intel(R) Pentium(R) 4 CPU 3.00GHz", true),
            ("core2duo", "Intel(R) Core(TM)2 Duo CPU E8400 @ 3.00GHz", true),
            ("nehalem", "Intel(R) Core(TM) i7 CPU 920 @ 2.67GHz", true),
            ("nehalem", "Intel(R) Core(TM) i7-10700K CPU @ 3.80GHz", false),
            ("sandy_bridge", "Intel(R) Core(TM) i7-2600K CPU @ 3.40GHz", true),
            ("haswell", "Intel(R) Core(TM) i5-4590 CPU @ 3.30GHz", true),
            ("haswell", "Intel(R) Core(TM) i7-14700K", false),
            ("k6_2", "AMD-K6(tm) 3D processor", true),
            ("zen2", "AMD Ryzen 7 5800X 8-Core Processor", false),
            ("retro", "Intel(R) Xeon(R) CPU E5-2680 v4", false),
            (
                "Intel64 Family 6 Model 42",
                "Intel64 Family 6 Model 42 Stepping 7, GenuineIntel",
                true,
            ),
            ("Intel64 Family 6 Model 42", "Intel64 Family 6 Model 158", false),
        ] {
            assert_eq!(is_named(arch, &plain_name(cpu)), expected, "{arch}: {cpu}");
        }
    }

    #[test]
    fn vector_units_date_a_cpu() {
        assert!(is_too_new("pentium_ii", Simd::Sse));
        assert!(is_too_new("pentium_iii", Simd::Avx));
        assert!(!is_too_new("pentium_iii", Simd::Sse));
        assert!(!is_too_new("haswell", Simd::Avx));
        assert!(!is_too_new("modern", Simd::Avx));
    }

    #[test]
    fn no_generation_is_listed_twice() {
        let mut archs: Vec<&str> = TIERS.iter().flat_map(|tier| tier.archs).copied().collect();
        let count = archs.len();
        archs.sort_unstable();
        archs.dedup();
        assert_eq!(archs.len(), count);
    }
}
