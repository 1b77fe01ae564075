//! What CloudWatch counts at load balancers: the engine counts nothing.

use stratiform_aws::Error;
use stratiform_deploy::watch::Requests;
use stratiform_service::Timestamp;
use stratiform_test_support::serve;

use crate::client;

const GROUP: &str = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/api/0123";

// The shapes are those of the API references' examples.
const GROUPS: &str = "<DescribeTargetGroupsResponse><DescribeTargetGroupsResult><TargetGroups><member>\
    <TargetGroupArn>arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/api/0123</TargetGroupArn>\
    <LoadBalancerArns><member>arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/KIND/shop/4567</member>\
    </LoadBalancerArns></member></TargetGroups></DescribeTargetGroupsResult></DescribeTargetGroupsResponse>";

fn page(results: &str, token: &str) -> String {
    format!(
        "<GetMetricDataResponse><GetMetricDataResult><MetricDataResults>{results}</MetricDataResults>{token}\
         </GetMetricDataResult></GetMetricDataResponse>"
    )
}

fn result(id: &str, values: &[&str]) -> String {
    let values: String = values
        .iter()
        .map(|value| format!("<member>{value}</member>"))
        .collect();
    format!(
        "<member><Id>{id}</Id><Values>{values}</Values><StatusCode>Complete</StatusCode></member>"
    )
}

async fn asked(endpoint: &str) -> Result<Vec<Requests>, Error> {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let (since, until) = (
        at("2026-11-29T03:00:00.000Z"),
        at("2026-11-29T03:05:00.000Z"),
    );
    let groups = [GROUP.to_owned()];
    client(endpoint)
        .await
        .target_requests(&groups, since, until)
        .await
}

#[tokio::test]
async fn requests_are_summed_over_all_pages() {
    let aws = serve(|request| {
        let answer = if request.contains("Action=DescribeTargetGroups") {
            GROUPS.replace("KIND", "app")
        } else if request.contains("NextToken=more") {
            page(&result("m0g0", &["20.0"]), "")
        } else {
            for part in [
                "StartTime=2026-11-29T03%3A00%3A00.000Z&EndTime=2026-11-29T03%3A05%3A00.000Z",
                "member.1.MetricStat.Metric.MetricName=RequestCount",
                "member.1.MetricStat.Metric.Dimensions.member.1.Value=targetgroup%2Fapi%2F0123",
                "member.1.MetricStat.Metric.Dimensions.member.2.Value=app%2Fshop%2F4567",
                "member.2.MetricStat.Metric.MetricName=HTTPCode_Target_5XX_Count",
                "member.2.MetricStat.Stat=Sum",
            ] {
                assert!(request.contains(part), "no `{part}` in {request}");
            }
            let results = result("m0g0", &["100.0", "1.2E2"]) + &result("m0g1", &[]);
            page(
                &(results + &result("m1g0", &["3.0"])),
                "<NextToken>more</NextToken>",
            )
        };
        (200, answer)
    });
    let expected = Requests {
        group: GROUP.to_owned(),
        all: 240,
        failed: 3,
    };
    assert_eq!(asked(&aws).await.unwrap(), [expected]);
}

#[tokio::test]
async fn what_no_application_load_balancer_forwards_to_is_left_out() {
    let aws = serve(|_| (200, GROUPS.replace("KIND", "net")));
    assert_eq!(asked(&aws).await.unwrap(), []);
}

#[tokio::test]
async fn values_that_are_no_counts_are_refused() {
    for value in ["many", "NaN", "-1.0", "1e400"] {
        let aws = serve(move |request| {
            let answer = match request.contains("Action=DescribeTargetGroups") {
                true => GROUPS.replace("KIND", "app"),
                false => page(&result("m0g0", &[value]), ""),
            };
            (200, answer)
        });
        let error = asked(&aws).await.unwrap_err();
        assert!(
            matches!(error, Error::Unreadable { .. }),
            "{value}: {error:?}"
        );
    }
}
