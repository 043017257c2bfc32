#!/usr/bin/env python3
"""Creates what the aws platform needs in an emulator: buckets, queues, tables, and the event from one to the other.

LocalStack runs it when it is ready (in its own process: no `__main__`, and an exception marks the start as failed);
the tests run it against theirs. Names come from the same variables as the programs' settings. Safe to repeat.
"""

import json
import os
from email.utils import parseaddr

import boto3
from botocore.exceptions import ClientError


def setting(name, default):
    return os.environ.get(name) or default


AUDIO_BUCKET = setting("AUDIO_BUCKET", "verbatim-audio")
TRANSCRIPTS_BUCKET = setting("TRANSCRIPTS_BUCKET", "verbatim-transcripts")
JOBS_TABLE = setting("JOBS_TABLE", "verbatim-jobs")
STATE_TABLE = setting("STATE_TABLE", "verbatim-state")
UPLOADS_QUEUE = setting("UPLOADS_QUEUE", "verbatim-uploads")
TRANSCRIPTION_QUEUE = setting("TRANSCRIPTION_QUEUE", "verbatim-transcription")
NOTIFICATION_QUEUE = setting("NOTIFICATION_QUEUE", "verbatim-notification")
PUBLIC_URL = setting("PUBLIC_URL", f"http://localhost:{setting('PORT', '8000')}").rstrip("/")
MAIL_FROM = setting("MAIL_FROM", "")
REGION = setting("AWS_REGION", setting("AWS_DEFAULT_REGION", "us-east-1"))
# Never the real AWS by accident: without an endpoint it is the emulator that runs this script.
ENDPOINT = setting("AWS_ENDPOINT_URL", "http://localhost:4566")

FOURTEEN_DAYS = str(14 * 24 * 60 * 60)


def client(service):
    return boto3.client(
        service,
        endpoint_url=ENDPOINT,
        region_name=REGION,
        aws_access_key_id=setting("AWS_ACCESS_KEY_ID", "test"),
        aws_secret_access_key=setting("AWS_SECRET_ACCESS_KEY", "test"),
    )


s3, sqs, dynamodb = client("s3"), client("sqs"), client("dynamodb")


def create_bucket(name, lifecycle_rules):
    region = {} if REGION == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
    unless_there(lambda: s3.create_bucket(Bucket=name, **region), "BucketAlreadyOwnedByYou")
    s3.put_public_access_block(
        Bucket=name,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    # The page uploads and plays straight from storage.
    s3.put_bucket_cors(
        Bucket=name,
        CORSConfiguration={
            "CORSRules": [
                {
                    "AllowedOrigins": [PUBLIC_URL],
                    "AllowedMethods": ["POST", "PUT", "GET", "HEAD"],
                    "AllowedHeaders": ["*"],
                    "ExposeHeaders": ["ETag", "Content-Range", "Accept-Ranges"],
                    "MaxAgeSeconds": 3600,
                }
            ]
        },
    )
    # Uploads in parts have 24 hours, and the reconciler ends them first: this is for what nobody knows of any more.
    abandoned_uploads = {
        "ID": "abandoned-uploads",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2},
    }
    s3.put_bucket_lifecycle_configuration(
        Bucket=name, LifecycleConfiguration={"Rules": [abandoned_uploads, *lifecycle_rules]}
    )


def create_queue(name):
    """The queue and, beside it, the one for messages that nobody can handle. Returns the queue's URL and ARN."""
    _, dead_letters = plain_queue(f"{name}-dlq", {"MessageRetentionPeriod": FOURTEEN_DAYS})
    # How often a job is tried is counted in its record; the queue's own limit only ends what would circle for ever.
    redrive = {"deadLetterTargetArn": dead_letters, "maxReceiveCount": 50}
    return plain_queue(
        name,
        {
            "VisibilityTimeout": "30",
            "ReceiveMessageWaitTimeSeconds": "20",
            "MessageRetentionPeriod": FOURTEEN_DAYS,
            "RedrivePolicy": json.dumps(redrive),
        },
    )


def plain_queue(name, attributes):
    unless_there(lambda: sqs.create_queue(QueueName=name), "QueueAlreadyExists", "QueueNameExists")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return url, arn


def announce_uploads(bucket, queue_url, queue_arn):
    """Every object that arrives in `bucket` becomes a message in the queue."""
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "s3.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": f"arn:aws:s3:::{bucket}"}},
            }
        ],
    }
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"Policy": json.dumps(policy)})
    s3.put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={
            "QueueConfigurations": [{"Id": "uploads", "QueueArn": queue_arn, "Events": ["s3:ObjectCreated:*"]}]
        },
    )


def create_table(name, attributes, key, indexes=()):
    """`attributes`: name to type (S or N); `key` and each index: hash attribute, then maybe range attribute."""
    settings = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": a, "AttributeType": t} for a, t in attributes.items()],
        "KeySchema": key_schema(key),
    }
    if indexes:
        settings["GlobalSecondaryIndexes"] = [
            {"IndexName": index, "KeySchema": key_schema(names), "Projection": {"ProjectionType": "ALL"}}
            for index, *names in indexes
        ]
    unless_there(lambda: dynamodb.create_table(**settings), "ResourceInUseException")
    dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"]
    if not ttl.startswith("ENABL"):
        dynamodb.update_time_to_live(
            TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"}
        )


def key_schema(names):
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"))]


def unless_there(create, *codes):
    try:
        create()
    except ClientError as error:
        if not any(code in error.response["Error"]["Code"] for code in codes):
            raise


create_bucket(AUDIO_BUCKET, [])
create_bucket(
    TRANSCRIPTS_BUCKET,
    # Pieces of a recording in the making; a finished job needs none of them.
    [{"ID": "work", "Status": "Enabled", "Filter": {"Prefix": "work/"}, "Expiration": {"Days": 2}}],
)

uploads_url, uploads_arn = create_queue(UPLOADS_QUEUE)
create_queue(TRANSCRIPTION_QUEUE)
create_queue(NOTIFICATION_QUEUE)
announce_uploads(AUDIO_BUCKET, uploads_url, uploads_arn)

# An item without `dueAt` (or `deadLetterAt`) is not in that index: the index holds only what there is to do.
create_table(
    JOBS_TABLE,
    {"jobId": "S", "userId": "S", "createdAt": "N", "indexShard": "N", "dueAt": "N", "deadLetterAt": "N"},
    key=("jobId",),
    indexes=(
        ("byUser", "userId", "createdAt"),
        ("byDue", "indexShard", "dueAt"),
        ("byDeadLetter", "indexShard", "deadLetterAt"),
    ),
)
create_table(STATE_TABLE, {"pk": "S", "sk": "S"}, key=("pk", "sk"))

if MAIL_FROM:
    client("ses").verify_email_identity(EmailAddress=parseaddr(MAIL_FROM)[1])

print("The buckets, queues and tables of Verbatim are there.", flush=True)
