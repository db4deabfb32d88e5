import type { PolicyName } from './policy-name.ts';

/** What a marker asks for: the whole reference, or one part of it. */
export type MarkerForm = 'reference' | 'name' | 'tag' | 'digest';

export interface MarkerMeaning {
  readonly policy: PolicyName;
  readonly form: MarkerForm;
}

export type CommentReading =
  | { readonly kind: 'marker'; readonly meaning: MarkerMeaning }
  /** Clearly meant to be a marker; the controller would leave it alone without a word. */
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'other' };

const attempt = /^#+\s*\{?\s*["'`]?\$imagepolicy/;
const label = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
const forms: readonly string[] = ['name', 'tag', 'digest'] satisfies MarkerForm[];

/**
 * Reads a whole comment, its `#` included. A marker is what kyaml reads as one: after any number of `#` nothing but one JSON
 * object, all of whose values are text, with `$imagepolicy` as `namespace:name[:name|:tag|:digest]`.
 * Source: kyaml, fieldmeta.FieldMeta.processShortHand; image-automation-controller, UpdateWithSetters.
 */
export function readMarkerComment(comment: string): CommentReading {
  if (!comment.includes('$imagepolicy')) return { kind: 'other' };
  const fields = parseFields(comment.replace(/^#+/, ''));
  const setter = fields?.['$imagepolicy'];
  if (setter !== undefined && setter !== '') return readSetter(setter);
  if (!attempt.test(comment)) return { kind: 'other' };
  return {
    kind: 'malformed',
    reason: `${comment} is no marker: one is written # {"$imagepolicy": "namespace:name"}, with nothing before or behind it`,
  };
}

function readSetter(setter: string): CommentReading {
  const [namespace = '', name = '', form, ...rest] = setter.split(':');
  const valid = label.test(namespace) && label.test(name) && rest.length === 0;
  if (valid && (form === undefined || isForm(form))) {
    return { kind: 'marker', meaning: { policy: { namespace, name }, form: form ?? 'reference' } };
  }
  return {
    kind: 'malformed',
    reason: `the marker's "${setter}" is not of the form namespace:name, namespace:name:tag, :name or :digest`,
  };
}

function isForm(text: string): text is 'name' | 'tag' | 'digest' {
  return forms.includes(text);
}

/** The fields of a JSON object of texts; undefined for anything else, as Go's map[string]string has it. */
function parseFields(text: string): Readonly<Record<string, string>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isTexts(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null && Object.values(value).every(field => typeof field === 'string');
}
