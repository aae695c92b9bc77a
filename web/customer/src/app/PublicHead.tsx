/**
 * What others make of a public page: its description and picture where somebody shares it, and its structured data for
 * search engines (APP-65). It changes the head of the document while it is shown and puts it back afterwards.
 */
import { useLanguage } from '@courtside/ui';
import { useEffect } from 'react';

interface PublicHeadProps {
  title: string;
  description: string;
  /** From the root of this site. */
  path: string;
  image?: string | undefined;
  /** Structured data in the words of schema.org. */
  data: object;
}

/** Sets a tag of the head, made if there is none; the answer undoes it. */
function setTag(kind: 'meta' | 'link', name: [string, string], content: [string, string]): () => void {
  const found = document.head.querySelector(`${kind}[${name[0]}="${name[1]}"]`);
  const tag = found ?? document.head.appendChild(document.createElement(kind));
  const before = tag.getAttribute(content[0]);
  tag.setAttribute(...name);
  tag.setAttribute(...content);
  return () => {
    if (found === null || before === null) tag.remove();
    else tag.setAttribute(content[0], before);
  };
}

export function PublicHead({ title, description, path, image, data }: PublicHeadProps) {
  const language = useLanguage();
  const json = JSON.stringify(data);
  useEffect(() => {
    const address = new URL(path, location.origin).toString();
    const picture = new URL(image ?? '/og.jpg', location.origin).toString();
    const open = (property: string, content: string) =>
      setTag('meta', ['property', `og:${property}`], ['content', content]);
    const undo = [
      setTag('meta', ['name', 'description'], ['content', description]),
      setTag('link', ['rel', 'canonical'], ['href', address]),
      open('title', title),
      open('description', description),
      open('url', address),
      open('image', picture),
      open('locale', language === 'el' ? 'el_GR' : 'en_IE'),
    ];
    // A block of data is no script: the content policy has nothing to say about it.
    const block = document.createElement('script');
    block.type = 'application/ld+json';
    block.textContent = json;
    document.head.append(block);
    return () => {
      block.remove();
      for (const step of undo) step();
    };
  }, [title, description, path, image, json, language]);
  return null;
}
