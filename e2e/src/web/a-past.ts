import { openPlatform, PlatformSettings } from '@verbatim/adapters';
import type { JobRecord } from '@verbatim/domain';
import { aJob, aTranscript } from '@verbatim/domain/testing';

/** Who everybody is on a server without keys. */
const userId = 'local';
const minuteMs = 60_000;

/**
 * What a server that was used for a while holds, put straight into its table: a recording every minute until now, named
 * by its number from the oldest on; the newest in Arabic with its text; one that failed; one that was given up; and one
 * that is kept no longer.
 */
export async function seedPast(dataDir: string, { jobs }: { jobs: number }): Promise<void> {
  const platform = await openPlatform(PlatformSettings.parse({ DATA_DIR: dataDir }));
  try {
    const now = platform.clock.now();
    for (let number = 1; number <= jobs; number++) {
      const createdAt = now - (jobs - number + 10) * minuteMs;
      const durationSeconds = 30 + (number % 600);
      await platform.jobs.create(done({ createdAt, fileName: `recording ${number}.mp3`, durationSeconds }));
    }
    for (let hours = 0; hours < 6 * 24; hours += 1 + (hours % 5)) {
      const audioSeconds = 600 + ((hours * 977) % 5_000);
      const amounts = { completed: 3, failed: hours % 40 === 0 ? 1 : 0, audioSeconds };
      await platform.throughput.add(now - hours * 60 * minuteMs, {
        ...amounts,
        processingSeconds: audioSeconds / 8,
      });
    }
    const at = now - 5 * minuteMs;
    const errorCode = 'engine.crashed';
    await platform.jobs.create({
      ...done({ createdAt: at, fileName: 'given up.mp3', status: 'FAILED', errorCode }),
      lastError: { code: errorCode, detail: 'EngineCrashed: SIGSEGV', at },
      deadLetter: { reason: errorCode, at },
    });

    const longAgo = done({ createdAt: at - 1, fileName: 'long ago.mp3', durationSeconds: 60 });
    await platform.jobs.create({ ...longAgo, audioEtag: 'e', audioRemovedAt: at, transcriptRemovedAt: at });

    const arabic = done({ createdAt: now - minuteMs, fileName: 'اجتماع الفريق.mp3', durationSeconds: 12 });
    const transcriptKey = `${userId}/${arabic.jobId}/r1-1/transcript.json`;
    const transcript = aTranscript(
      [
        { start: 0, end: 5, text: 'صباح الخير، نبدأ الاجتماع الآن في Verbatim.' },
        { start: 9, end: 12, text: 'شكرا لكم جميعا، إلى اللقاء.' },
      ],
      { language: 'ar' },
    );
    await platform.objects.put('transcripts', transcriptKey, Buffer.from(JSON.stringify(transcript)), {
      contentType: 'application/json',
    });
    const { confidence, model, warnings } = transcript;
    const result = {
      version: 'r1-1',
      transcriptKey,
      language: 'ar',
      confidence,
      model,
      warnings,
      measures: null,
    };
    await platform.jobs.create({ ...arabic, result });
  } finally {
    await platform.close();
  }
}

function done(over: Partial<JobRecord>): JobRecord {
  return aJob({ userId, status: 'COMPLETED', dueAt: null, sizeBytes: 1_000_000, ...over });
}
