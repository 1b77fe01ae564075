//! What a region says that it offers. The shapes are those of the API references' examples.

use stratiform_aws::Error;
use stratiform_test_support::serve;

use crate::client;

#[tokio::test]
async fn versions_of_an_engine_on_a_class_over_all_pages() {
    let pages = serve(|request| {
        for words in [
            "Action=DescribeOrderableDBInstanceOptions&Version=2014-10-31",
            "&Engine=postgres&DBInstanceClass=db.t3.micro",
        ] {
            assert!(request.contains(words), "no `{words}` in {request}");
        }
        let option = |version: &str| {
            format!(
                "<OrderableDBInstanceOption><Engine>postgres</Engine><EngineVersion>{version}</EngineVersion>\
                 <AvailabilityZones><AvailabilityZone><Name>eu-west-1a</Name></AvailabilityZone></AvailabilityZones>\
                 </OrderableDBInstanceOption>"
            )
        };
        // One for each kind of storage.
        let (options, marker) = match request.contains("&Marker=m%2Fore") {
            false => (option("16.4") + &option("17.6"), "<Marker>m/ore</Marker>"),
            true => (option("17.6") + &option("17.7"), ""),
        };
        let body = format!(
            "<DescribeOrderableDBInstanceOptionsResponse xmlns=\"http://rds.amazonaws.com/doc/2014-10-31/\">\
             <DescribeOrderableDBInstanceOptionsResult><OrderableDBInstanceOptions>{options}</OrderableDBInstanceOptions>\
             {marker}</DescribeOrderableDBInstanceOptionsResult></DescribeOrderableDBInstanceOptionsResponse>"
        );
        (200, body)
    });
    let aws = client(&pages).await;
    let found = aws.engine_versions("postgres", "db.t3.micro").await;
    assert_eq!(found.unwrap(), ["16.4", "17.6", "17.7"]);
}

#[tokio::test]
async fn zones_that_are_available() {
    let zones = serve(|request| {
        for words in [
            "Action=DescribeAvailabilityZones&Version=2016-11-15",
            "&Filter.1.Name=state&Filter.1.Value.1=available",
            "&Filter.2.Name=zone-type&Filter.2.Value.1=availability-zone",
        ] {
            assert!(request.contains(words), "no `{words}` in {request}");
        }
        let zone = |letter: &str| {
            format!(
                "<item><zoneName>eu-west-1{letter}</zoneName><zoneState>available</zoneState>\
                 <regionName>eu-west-1</regionName><messageSet/></item>"
            )
        };
        let body = format!(
            "<DescribeAvailabilityZonesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
             <requestId>59dbff89</requestId><availabilityZoneInfo>{}{}</availabilityZoneInfo>\
             </DescribeAvailabilityZonesResponse>",
            zone("a"),
            zone("b")
        );
        (200, body)
    });
    let found = client(&zones).await.zones().await;
    assert_eq!(found.unwrap(), ["eu-west-1a", "eu-west-1b"]);
}

#[tokio::test]
async fn who_may_not_ask_is_told_so() {
    let denied = serve(|_| {
        let body = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized.</Message>\
                    </Error></Errors><RequestID>59dbff89</RequestID></Response>";
        (403, body.to_owned())
    });
    let error = client(&denied).await.zones().await.unwrap_err();
    assert!(matches!(error, Error::Denied(_)), "{error:?}");
}

#[tokio::test]
async fn an_answer_without_a_version_cannot_be_read() {
    let odd = serve(|_| {
        let body = "<DescribeOrderableDBInstanceOptionsResponse><DescribeOrderableDBInstanceOptionsResult>\
                    <OrderableDBInstanceOptions><OrderableDBInstanceOption/></OrderableDBInstanceOptions>\
                    </DescribeOrderableDBInstanceOptionsResult></DescribeOrderableDBInstanceOptionsResponse>";
        (200, body.to_owned())
    });
    let found = client(&odd)
        .await
        .engine_versions("postgres", "db.t3.micro")
        .await;
    assert!(found.is_err(), "{found:?}");
}
