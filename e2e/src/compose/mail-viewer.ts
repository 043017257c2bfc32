const address = 'http://localhost:8025';

interface Mail {
  messageId: string;
  text: string;
}

/** What the mail viewer of docker-compose.yaml has received about a job. */
export async function mailsAbout(jobId: string): Promise<Mail[]> {
  const mails = (await mailpitMails()) ?? (await maildevMails());
  return mails.filter(({ messageId }) => messageId.includes(jobId));
}

async function mailpitMails(): Promise<Mail[] | null> {
  const list = await json<{ messages: { ID: string; MessageID: string }[] }>('/api/v1/messages');
  if (!list) return null;
  return Promise.all(
    list.messages.map(async ({ ID, MessageID }) => {
      const mail = await json<{ Text: string }>(`/api/v1/message/${ID}`);
      return { messageId: MessageID, text: mail?.Text ?? '' };
    }),
  );
}

/** MailDev stands in for Mailpit on machines that can't fetch its image. */
async function maildevMails(): Promise<Mail[]> {
  return (await json<Mail[]>('/email')) ?? [];
}

async function json<T>(path: string): Promise<T | null> {
  const response = await fetch(`${address}${path}`);
  const isJson = response.headers.get('content-type')?.includes('json');
  return response.ok && isJson ? ((await response.json()) as T) : null;
}
