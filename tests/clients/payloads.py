"""What real machines report: device, signals and fingerprint of each profile.

Stands for ``fingerprint_checks.py`` and the hardware probes of the miners.
A seed makes one machine: its serial and MAC stay, its measurements vary a
little from round to round, as they do on real hardware.
"""

import hashlib
import random


class Machine:
    """One machine of one profile. ``report(round)`` is what it measures then."""

    def __init__(self, profile: str, seed: str):
        self.build = PROFILES[profile]
        self.profile = profile
        self.seed = seed
        digest = hashlib.sha256(f"{profile}/{seed}".encode()).hexdigest()
        self.serial = digest[:12].upper()
        self.mac = "02:" + ":".join(digest[12 + i:14 + i] for i in range(0, 10, 2))
        self.board_id = digest[22:38]
        self.hostname = f"host-{digest[38:42]}"

    def report(self, round_number: int) -> tuple[dict, dict, dict]:
        """Device, signals and fingerprint of one round."""
        noise = random.Random(f"{self.seed}/{self.profile}/{round_number}")
        return self.build(self, noise)

    def signals(self) -> dict:
        return {"macs": [self.mac], "hostname": self.hostname}


def entropy(noise: random.Random) -> dict:
    """The ``derived`` block: timings of 48 short loops."""
    samples = [noise.randint(1_450_000, 1_900_000) for _ in range(48)]
    mean = sum(samples) / len(samples)
    variance = sum((s - mean) ** 2 for s in samples) / len(samples)
    return {"mean_ns": mean, "variance_ns": variance, "min_ns": min(samples),
            "max_ns": max(samples), "sample_count": 48, "samples_preview": samples[:12]}


def passed(data: dict, verdict: bool = True) -> dict:
    return {"passed": verdict, "data": data}


def clock_drift(noise, cv) -> dict:
    mean = noise.randint(900_000, 1_100_000)
    cv = round(cv * noise.uniform(0.8, 1.2), 6)
    return passed({"mean_ns": mean, "stdev_ns": int(mean * cv), "cv": cv,
                   "drift_stdev": noise.randint(2_000, 9_000)})


def cache_timing(noise, arch, l1, l2, l3) -> dict:
    l1, l2, l3 = (round(t * noise.uniform(0.95, 1.05), 2) for t in (l1, l2, l3))
    return passed({"arch": arch, "l1_ns": l1, "l2_ns": l2, "l3_ns": l3,
                   "l2_l1_ratio": round(l2 / l1, 3), "l3_l2_ratio": round(l3 / l2, 3)})


def simd(arch, flags, has) -> dict:
    bits = {f"has_{name}": name in has for name in ("sse", "avx", "altivec", "neon")}
    return passed({"arch": arch, "simd_flags_count": len(flags), **bits, "sample_flags": flags[:10]})


def thermal_drift(noise, base) -> dict:
    cold, hot = (int(base * noise.uniform(0.95, 1.15)) for _ in range(2))
    return passed({"cold_avg_ns": cold, "hot_avg_ns": hot, "cold_stdev": noise.randint(900, 9_000),
                   "hot_stdev": noise.randint(900, 9_000), "drift_ratio": round(hot / cold, 4)})


def instruction_jitter(noise, base) -> dict:
    data = {}
    for kind in ("int", "fp", "branch"):
        average = int(base * noise.uniform(0.9, 1.6))
        data[f"{kind}_avg_ns"] = average
        data[f"{kind}_stdev"] = int(average * noise.uniform(0.02, 0.09))
    return passed(data)


def anti_emulation(indicators=(), verdict=None) -> dict:
    found = list(indicators)
    data = {"vm_indicators": found, "indicator_count": len(found), "is_likely_vm": bool(found)}
    return passed(data, not found if verdict is None else verdict)


def fingerprint(checks: dict) -> dict:
    return {"all_passed": all(check["passed"] for check in checks.values()), "checks": checks}


X86_FLAGS = ["sse", "sse2", "ssse3", "sse4_1", "sse4_2", "avx", "avx2", "fma", "aes", "sha_ni"]
VM_SIGNS = ["/sys/class/dmi/id/sys_vendor:qemu", "cpuinfo:hypervisor"]


def x86_checks(noise) -> dict:
    return {
        "clock_drift": clock_drift(noise, 0.04),
        "cache_timing": cache_timing(noise, "x86_64", 1.2, 4.1, 14.0),
        "simd_identity": simd("x86_64", X86_FLAGS, ("sse", "avx")),
        "thermal_drift": thermal_drift(noise, 210_000),
        "instruction_jitter": instruction_jitter(noise, 4_100),
        "anti_emulation": anti_emulation(),
    }


def modern(machine: Machine, noise):
    """A current desktop PC on Linux."""
    device = {"family": "x86", "arch": "modern", "model": "AMD Ryzen 7 5800X",
              "cpu": "AMD Ryzen 7 5800X 8-Core Processor", "cores": 16, "memory_gb": 32,
              "serial": machine.serial, "machine": "x86_64"}
    return device, machine.signals(), fingerprint(x86_checks(noise))


def vm(machine: Machine, noise):
    """An honest virtual machine: its own checks say so."""
    device, signals, _ = modern(machine, noise)
    checks = {**x86_checks(noise), "anti_emulation": anti_emulation(VM_SIGNS)}
    return device, signals, fingerprint(checks)


def vm_lying(machine: Machine, noise):
    """The same evidence under the verdict ``passed``: verdicts are not believed."""
    device, signals, _ = modern(machine, noise)
    checks = {**x86_checks(noise), "anti_emulation": anti_emulation(VM_SIGNS, verdict=True)}
    return device, signals, fingerprint(checks)


def g4(machine: Machine, noise):
    """A Power Mac G4 under Linux or Mac OS X."""
    device = {"family": "PowerPC", "arch": "G4", "model": "PowerMac3,6",
              "cpu": "PowerPC G4 (7455), altivec supported", "cores": 2, "memory_gb": 2,
              "serial": machine.serial, "machine": "Power Macintosh"}
    checks = {
        "clock_drift": clock_drift(noise, 0.03),
        "cache_timing": cache_timing(noise, "ppc", 6.0, 13.5, 41.0),
        "simd_identity": simd("ppc", ["altivec"], ("altivec",)),
        "thermal_drift": thermal_drift(noise, 2_900_000),
        "instruction_jitter": instruction_jitter(noise, 52_000),
        "anti_emulation": anti_emulation(),
    }
    return device, machine.signals(), fingerprint(checks)


def windows(machine: Machine, noise):
    """A PC as the Windows miner sees it: ``platform.processor()`` and no serial."""
    processor = "AMD64 Family 25 Model 33 Stepping 0, AuthenticAMD"
    device = {"family": "Windows", "arch": processor, "model": "AMD64", "cpu": processor, "cores": 16}
    return device, machine.signals(), fingerprint(x86_checks(noise))


def console(machine: Machine, noise):
    """A Nintendo 64 behind a Raspberry Pi Pico on its controller port."""
    device = {"family": "console", "arch": "n64_mips", "model": "Nintendo 64 NUS-001",
              "cpu": "NEC VR4300 (MIPS R4300i) 93.75MHz", "cores": 1, "memory_mb": 4,
              "bridge_type": "pico_serial", "bridge_firmware": "1.0.0"}
    signals = {"pico_serial": machine.board_id, "ctrl_port_protocol": "joybus",
               "rom_id": "rustchain_attest_n64_mips_v1"}
    checks = {
        "ctrl_port_timing": passed({"cv": round(noise.uniform(0.004, 0.006), 6),
                                    "samples": noise.randint(480, 520)}),
        "rom_execution_timing": passed({"hash_time_us": noise.randint(805_000, 889_000)}),
        "bus_jitter": passed({"jitter_stdev_ns": noise.randint(1_000, 1_500)}),
        "anti_emulation": passed({"emulator_indicators": []}),
    }
    return device, signals, {**fingerprint(checks), "bridge_type": "pico_serial"}


PROFILES = {"modern": modern, "vm": vm, "vm-lying": vm_lying, "g4": g4,
            "windows": windows, "console": console}
