import type { HttpProxy } from '../proxy/http-proxy.ts';
import type { TcpProxy } from '../proxy/tcp-proxy.ts';
import type { Stage } from '../rows/row.ts';
import type { AwsService } from '../system/platform.ts';

/** The line to one service of AWS. @throws where the platform has none */
export function lineTo(
  service: AwsService,
  { system }: Pick<Stage, 'system'>,
): { tcp: TcpProxy; http: HttpProxy } {
  const line = system.platform.lines[service];
  if (!line) throw new Error(`there is no line to ${service} on ${system.platform.name}`);
  return line;
}

export function everyLine(stage: Pick<Stage, 'system'>): TcpProxy[] {
  return (['s3', 'sqs', 'dynamodb'] as const).map((service) => lineTo(service, stage).tcp);
}
