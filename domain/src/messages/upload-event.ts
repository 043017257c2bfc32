import { z } from 'zod';

const s3Event = z.object({
  Records: z.array(
    z.object({ eventName: z.string(), s3: z.object({ object: z.object({ key: z.string() }) }) }),
  ),
});
const eventBridgeEvent = z.object({
  'detail-type': z.string(),
  detail: z.object({ object: z.object({ key: z.string() }) }),
});
const testEvent = z.object({ Event: z.literal('s3:TestEvent') });

/**
 * The keys of the objects that an event says were created: S3's own notification, EventBridge's shape of it, or S3's
 * test message (no keys). Null when it is none of these.
 *
 * Source: "Event message structure" and "Amazon S3 event message for EventBridge" in the S3 user guide. S3 encodes keys
 * like a form (a space is `+`), EventBridge does not encode them.
 */
export function uploadedKeys(body: string): string[] | null {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return null;
  }
  const s3 = s3Event.safeParse(json).data;
  if (s3) {
    return s3.Records.filter((record) => /ObjectCreated/.test(record.eventName)).map((record) =>
      decodeFormKey(record.s3.object.key),
    );
  }
  const bridge = eventBridgeEvent.safeParse(json).data;
  if (bridge) return bridge['detail-type'] === 'Object Created' ? [bridge.detail.object.key] : [];
  return testEvent.safeParse(json).success ? [] : null;
}

function decodeFormKey(key: string): string {
  try {
    return decodeURIComponent(key.replace(/\+/g, ' '));
  } catch {
    return key; // not form-encoded at all; the pattern of our keys decides what it is worth
  }
}
