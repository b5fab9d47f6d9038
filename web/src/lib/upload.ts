/** Brings a file to the server, telling how far it is. */

import { API, csrf, newKey, Problem } from './api.ts';
import type { FileRef } from './types.ts';

async function base64(file: File): Promise<string> {
  const address = await new Promise<string>((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });
  return address.slice(address.indexOf(',') + 1);
}

function refusal(status: number, text: string): Problem {
  try {
    const body = JSON.parse(text) as { detail?: string };
    return new Problem(status, body.detail ?? '', [], body);
  } catch {
    return new Problem(status, text.slice(0, 200));
  }
}

export async function upload(file: File, onProgress: (share: number) => void, signal: AbortSignal): Promise<FileRef> {
  const body = JSON.stringify({
    name: file.name || 'file',
    mime: file.type || 'application/octet-stream',
    base64: await base64(file),
  });
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${API}/attachments`);
    request.setRequestHeader('Content-Type', 'application/json');
    request.setRequestHeader('X-CSRF-Token', csrf());
    request.setRequestHeader('Idempotency-Key', newKey());
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onerror = () => failed(new Problem(0, 'the file did not arrive'));
    request.onload = () => {
      if (request.status === 201) done(JSON.parse(request.responseText) as FileRef);
      else failed(refusal(request.status, request.responseText));
    };
    signal.addEventListener('abort', () => request.abort());
    request.send(body);
  });
}
