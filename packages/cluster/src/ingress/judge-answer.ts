import { STATUS_CODES } from 'node:http';
import { type Expectation, formatStatuses, isFoundIn, isHeaderExpected, isStatusExpected } from './expectation.ts';
import type { Answer } from './probe/answer.ts';
import type { Shortfall } from './shortfall.ts';

/** What of an answer is not as expected; undefined when all is. */
export function judgeAnswer(answer: Answer, { statuses, headers, body }: Expectation): Shortfall | undefined {
  const { status } = answer;
  const page = excerpt(answer.body);
  const detail = page === '' ? {} : { detail: page };
  if (!isStatusExpected(status, statuses)) {
    const found = [status, STATUS_CODES[status], redirection(answer)].filter(Boolean).join(' ');
    return { stage: 'status', expected: formatStatuses(statuses), found, ...statusHint(answer), ...detail };
  }
  const missing = headers.find(header => !isHeaderExpected(valuesOf(answer, header.name), header));
  if (missing !== undefined) {
    const values = valuesOf(answer, missing.name);
    const expected = `${missing.name}${missing.value === undefined ? '' : `: ${missing.value.written}`}`;
    return { stage: 'header', expected, found: values.length === 0 ? `no ${missing.name}` : values.join(', ') };
  }
  if (body === undefined || isFoundIn(answer.body, body)) return undefined;
  return {
    stage: 'body',
    expected: body.kind === 'text' ? JSON.stringify(body.written) : body.written,
    found: `${titleOf(answer.body)} of ${answer.body.length} characters without it`,
    likely: 'pods of an earlier version still answer, or the new version does not hold it',
    remedy: 'run wait-deployment before this step; look at the page below',
    ...detail,
  };
}

function valuesOf({ headers }: Answer, name: string): readonly string[] {
  return headers[name.toLowerCase()] ?? [];
}

function redirection(answer: Answer): string {
  const [to] = valuesOf(answer, 'location');
  return to === undefined ? '' : `to ${to}`;
}

/** An Application Load Balancer says so itself: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html */
function statusHint(answer: Answer): Pick<Shortfall, 'likely' | 'remedy'> {
  const { status } = answer;
  const alb = valuesOf(answer, 'server').some(server => server.startsWith('awselb'));
  if (status >= 300 && status < 400) {
    return { likely: 'it redirects, which is not followed', remedy: 'give the last URL as url, or expect this status' };
  }
  if (status === 503) {
    return {
      likely: 'the load balancer has no healthy target yet: pods are not ready, not registered, or fail its health check',
      remedy: 'look at the pods, and at alb.ingress.kubernetes.io/healthcheck-path',
    };
  }
  if (status === 502) return { likely: 'the pods refuse or break off connections', remedy: 'look at their log and their port' };
  if (status === 504) return { likely: 'the pods do not answer in time, or a security group keeps the load balancer out' };
  if (status === 404 && alb) {
    return {
      likely: 'no rule of the Ingress is for that host and path',
      remedy: 'give host-header and path as its rules have them',
    };
  }
  if (status === 404) return { likely: 'the application has no such page', remedy: 'give another path' };
  if (status === 401 || status === 403)
    return { likely: 'the page wants a log-in, or a firewall such as AWS WAF refuses the request' };
  return status >= 500 ? { likely: 'the application fails', remedy: "look at the pods' log" } : {};
}

function titleOf(body: string): string {
  const title = /<title[^>]*>([^<]{1,100})/i.exec(body)?.[1]?.trim();
  return title === undefined ? 'a page' : `the page ${JSON.stringify(title)}`;
}

const longest = 400;

function excerpt(body: string): string {
  const text = body.trim();
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
