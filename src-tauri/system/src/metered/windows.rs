//! Windows: what the connection in use costs, by its profile.

use windows::Networking::Connectivity::{NetworkCostType, NetworkInformation};

pub fn metered() -> Option<bool> {
    let profile = NetworkInformation::GetInternetConnectionProfile().ok()?;
    match profile.GetConnectionCost().ok()?.NetworkCostType().ok()? {
        NetworkCostType::Fixed | NetworkCostType::Variable => Some(true),
        NetworkCostType::Unrestricted => Some(false),
        _ => None,
    }
}
