use stratiform_parts::{FlowLogs, VpcHandles};
use stratiform_stack::props;

fn flow_logs(network: &VpcHandles) -> FlowLogs {
    props!(FlowLogs {
        vpc: &network.isolated_routes,
    })
}

fn main() {}
