# boto3's waiters, each where it has to succeed and where it has to fail. Run by xtask/src/clients.rs.
import json
import urllib.request
import os

import boto3
from botocore.exceptions import WaiterError

cloudformation = boto3.client("cloudformation")
waited = 0


def template(display_name):
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": display_name}}
    return json.dumps({"Resources": {"Topic": topic, "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}})


def fault(text):
    url = os.environ["AWS_ENDPOINT_URL"] + "/_stratiform/fault"
    urllib.request.urlopen(urllib.request.Request(url, data=text.encode(), method="POST")).read()


def wait(waiter, fails=False, **arguments):
    """Nothing is waited for twice: a waiter that has to ask again has been told too little."""
    global waited
    expected = "fail" if fails else "succeed"
    try:
        cloudformation.get_waiter(waiter).wait(WaiterConfig={"Delay": 1, "MaxAttempts": 1}, **arguments)
        ended = "succeed"
    except WaiterError as error:
        ended, why = "fail", str(error)
        if "Max attempts exceeded" in why:
            raise SystemExit(f"{waiter}({arguments}) was not over at the first answer: {why}")
    if ended != expected:
        raise SystemExit(f"{waiter}({arguments}) had to {expected}, and did not")
    waited += 1


def stack(name, display_name="one"):
    cloudformation.create_stack(StackName=name, TemplateBody=template(display_name))


stack("good")
wait("stack_exists", StackName="good")
wait("stack_create_complete", StackName="good")
change_set = cloudformation.create_change_set(StackName="good", ChangeSetName="two", TemplateBody=template("two"))
wait("change_set_create_complete", ChangeSetName=change_set["Id"])
cloudformation.execute_change_set(ChangeSetName=change_set["Id"])
wait("stack_update_complete", StackName="good")
empty = cloudformation.create_change_set(StackName="good", ChangeSetName="none", TemplateBody=template("two"))
wait("change_set_create_complete", fails=True, ChangeSetName=empty["Id"])

fault("update:good/Topic:times=1")
cloudformation.update_stack(StackName="good", TemplateBody=template("three"))
wait("stack_update_complete", fails=True, StackName="good")
wait("stack_rollback_complete", StackName="good")

fault("create:bad/Topic:times=1")
stack("bad")
wait("stack_create_complete", fails=True, StackName="bad")
cloudformation.delete_stack(StackName="bad")
wait("stack_delete_complete", StackName="bad")

fault("delete:good/Topic:times=1")
cloudformation.delete_stack(StackName="good")
wait("stack_delete_complete", fails=True, StackName="good")
stack_id = cloudformation.describe_stacks(StackName="good")["Stacks"][0]["StackId"]
cloudformation.delete_stack(StackName="good")
wait("stack_delete_complete", StackName="good")
wait("stack_delete_complete", StackName=stack_id)

print(f"boto3 {boto3.__version__}: {waited} waits")
