export default function TranscriptView({ jobId }: { jobId: string }) {
  return jobId;
}
