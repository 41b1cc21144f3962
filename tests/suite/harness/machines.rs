//! Machines that attest: what they report, signed as the Python miner signs it.

use protocol::canonical_json::to_canonical_without;
use protocol::json::Json;
use protocol::keys::Signer as _;
use serde_json::Value;

use super::http::{Http, Reply};
use super::wallets::Wallet;

/// What a machine is, as far as its weight goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Hardware {
    /// A PowerPC G4 with evidence: 2.5x.
    G4,
    /// A present-day PC with evidence: 0.8x.
    Pc,
    /// The same PC, with the signs of a virtual machine.
    VirtualMachine,
}

const CLOCK: &str = r#""clock_drift":{"passed":true,"data":{"mean_ns":2000000,"stdev_ns":100000,"cv":0.05,"drift_stdev":140000}}"#;
const CACHE: &str = r#""cache_timing":{"passed":true,"data":{"l1_ns":18.2,"l2_ns":20.1,"l3_ns":23.5,"l2_l1_ratio":1.104,"l3_l2_ratio":1.169}}"#;
const THERMAL: &str = r#""thermal_drift":{"passed":true,"data":{"cold_avg_ns":5000000,"hot_avg_ns":5100000,"cold_stdev":40000,"hot_stdev":52000,"drift_ratio":1.02}}"#;
const JITTER: &str = r#""instruction_jitter":{"passed":true,"data":{"int_avg_ns":500000,"int_stdev":9000,"fp_stdev":8000,"branch_stdev":7000}}"#;
const SIMD_G4: &str = r#""simd_bias":{"passed":true,"data":{"arch":"ppc","has_sse":false,"has_avx":false,"has_altivec":true,"has_neon":false}}"#;
const SIMD_PC: &str = r#""simd_identity":{"passed":true,"data":{"arch":"x86_64","simd_flags_count":120,"has_sse":true,"has_avx":true,"has_altivec":false,"has_neon":false,"sample_flags":["fpu","vme","tsc"]}}"#;
const ON_METAL: &str = r#""anti_emulation":{"passed":true,"data":{"vm_indicators":[],"indicator_count":0,"is_likely_vm":false}}"#;
const IN_QEMU: &str = r#""anti_emulation":{"passed":false,"data":{"vm_indicators":["/sys/class/dmi/id/sys_vendor:qemu","cpuinfo:hypervisor"],"indicator_count":2,"is_likely_vm":true}}"#;

/// A machine of its own: its disks and its serial number are those of no other number.
#[derive(Clone, Copy)]
pub(crate) struct Machine {
    pub(crate) hardware: Hardware,
    pub(crate) number: u64,
}

impl Machine {
    pub(crate) const fn new(hardware: Hardware, number: u64) -> Self {
        Self { hardware, number }
    }

    /// The members of a submission, without braces and signature.
    fn members(self, miner: &str, nonce: &str) -> String {
        let (device, simd, signs) = match self.hardware {
            Hardware::G4 => {
                (r#""family":"PowerPC","arch":"G4","cpu":"PowerPC G4 (7450)""#, SIMD_G4, ON_METAL)
            }
            Hardware::Pc => {
                (r#""family":"x86","arch":"modern","cpu":"AMD Ryzen 7 5800X""#, SIMD_PC, ON_METAL)
            }
            Hardware::VirtualMachine => {
                (r#""family":"x86","arch":"modern","cpu":"AMD Ryzen 7 5800X""#, SIMD_PC, IN_QEMU)
            }
        };
        let number = self.number;
        let disks: Vec<String> = (0..3).map(|disk| format!("DISK-{number:06}-{disk}")).collect();
        format!(
            r#""miner":"{miner}","nonce":"{nonce}","device":{{{device},"serial":"SN-{number:06}"}},"signals":{{"macs":[],"disks":{disks:?}}},"fingerprint":{{"checks":{{{signs},{CLOCK},{CACHE},{THERMAL},{JITTER},{simd}}}}}"#
        )
    }

    /// A submission that is signed by the wallet's key.
    pub(crate) fn signed(self, wallet: &Wallet, miner: &str, nonce: &str) -> String {
        let members = self.members(miner, nonce);
        let unsigned = format!("{{{members}}}");
        let json = Json::parse(unsigned.as_bytes()).unwrap();
        let message = to_canonical_without(&json, &[]).unwrap();
        sealed(&members, wallet, &wallet.sign(message.as_bytes()).to_hex())
    }

    /// A submission with a signature that was never made; for books that trust what they are given.
    pub(crate) fn with_blank_signature(self, wallet: &Wallet, miner: &str, nonce: &str) -> String {
        sealed(&self.members(miner, nonce), wallet, &"0".repeat(128))
    }
}

fn sealed(members: &str, wallet: &Wallet, signature: &str) -> String {
    let key = wallet.public_key().to_hex();
    format!(
        r#"{{{members},"signature":"{signature}","public_key":"{key}","signature_type":"canonical_json"}}"#
    )
}

/// Asks for a challenge that anybody may use.
pub(crate) fn challenge(http: &mut Http) -> String {
    let given = http.post("/attest/challenge", "{}").expect(200);
    given["nonce"].as_str().unwrap().to_owned()
}

/// Attests a machine for a wallet.
pub(crate) fn attest(http: &mut Http, wallet: &Wallet, machine: Machine) -> Reply {
    let nonce = challenge(http);
    http.post("/attest/submit", machine.signed(wallet, wallet.address().as_str(), &nonce))
}

/// Attests a machine for a wallet, which has to be accepted.
pub(crate) fn attested(http: &mut Http, wallet: &Wallet, machine: Machine) -> Value {
    attest(http, wallet, machine).expect(200)
}
