//! Replies in AWS's Query protocol.

use stratiform_test_support::Reply;

/// A stack with something of everything.
pub(crate) const STACK: &str = r#"<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
<StackId>arn:aws:cloudformation:eu-central-1:111122223333:stack/one/1</StackId><StackName>one</StackName>
<CreationTime>2026-11-20T10:00:00.000Z</CreationTime><StackStatus>A_STATUS_OF_NEXT_YEAR</StackStatus>
<EnableTerminationProtection>true</EnableTerminationProtection>
<Parameters>
<member><ParameterKey>Size</ParameterKey><ParameterValue>2</ParameterValue></member>
<member><ParameterKey>Nothing</ParameterKey><ParameterValue/></member>
<member><ParameterKey>Password</ParameterKey><ParameterValue>****</ParameterValue></member>
<member><ParameterKey>Image</ParameterKey><ParameterValue>/images/latest</ParameterValue><ResolvedValue>ami-1</ResolvedValue></member>
<member><ParameterKey>Token</ParameterKey><ParameterValue>/token</ParameterValue><ResolvedValue>****</ResolvedValue></member>
</Parameters>
<Tags><member><Key>team</Key><Value>shop &amp; co</Value></member></Tags>
<Outputs>
<member><OutputKey>VpcId</OutputKey><OutputValue>vpc-1</OutputValue><ExportName>one-VpcId</ExportName></member>
<member><OutputKey>Note</OutputKey><OutputValue>internal</OutputValue></member>
</Outputs>
</member></Stacks></DescribeStacksResult></DescribeStacksResponse>"#;

/// A successful reply.
pub(crate) fn reply(operation: &str, result: &str) -> Reply {
    let text = format!(
        "<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>"
    );
    (200, text)
}

/// A refusal.
pub(crate) fn error(code: &str, message: &str) -> Reply {
    let text = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    );
    (400, text)
}

/// The answers to all requests about a stack that DescribeStacks describes so.
pub(crate) fn of_stack(body: &str, described: &str) -> Reply {
    let name = body.split("StackName=").nth(1);
    let by_arn = name.is_some_and(|name| name.starts_with("arn"));
    match body {
        _ if body.contains("Action=DescribeStacks") => (200, described.to_owned()),
        _ if !by_arn => error("Unexpected", "a call by name"),
        _ if body.contains("TemplateStage=Original") => {
            let template = "<TemplateBody>Transform: AWS::LanguageExtensions</TemplateBody>";
            reply("GetTemplate", template)
        }
        _ if body.contains("TemplateStage=Processed") => {
            reply("GetTemplate", "<TemplateBody>{}</TemplateBody>")
        }
        _ => error("Unexpected", body),
    }
}
