import { type TemplateResult } from 'lit';
/** What an icon draws, in a square of 20 by 20. */
export declare const CLOSE = "m5 5 10 10M15 5 5 15";
export declare const NEW = "M9 4H5a1.5 1.5 0 0 0-1.5 1.5V15A1.5 1.5 0 0 0 5 16.5h9.5A1.5 1.5 0 0 0 16 15v-4M8 12l.5-2.5L15 3l2 2-6.5 6.5Z";
export declare const SEND = "M10 16V4M5 9l5-5 5 5";
export declare const STOP = "M6.5 6.5h7v7h-7z";
export declare const DOWN = "M10 4v12M5 11l5 5 5-5";
export declare const COPY = "M8.5 7H15a1.5 1.5 0 0 1 1.5 1.5V15a1.5 1.5 0 0 1-1.5 1.5H8.5A1.5 1.5 0 0 1 7 15V8.5A1.5 1.5 0 0 1 8.5 7ZM4.5 13A1.5 1.5 0 0 1 3.5 11.5V5A1.5 1.5 0 0 1 5 3.5h6.5A1.5 1.5 0 0 1 13 4.5";
export declare const DONE = "m4 10.5 4 4 8-9";
export declare const AGAIN = "M16.5 10a6.5 6.5 0 1 1-2-4.7L16.5 7M16.5 3v4h-4";
export declare const CLIP = "m15.5 9.5-5.8 5.8a3.2 3.2 0 0 1-4.5-4.5l6.2-6.2a2.2 2.2 0 0 1 3.1 3.1l-6 6a1.1 1.1 0 0 1-1.6-1.6l5.3-5.3";
export declare const LIST = "M4 5.5h12M4 10h12M4 14.5h7";
export declare const RENAME = "M4 16l.8-3.2L13.5 4l2.5 2.5-8.8 8.7Z";
export declare const DELETE = "M4 6h12M8 6V4h4v2M5.5 6l.7 10h7.6l.7-10M8.5 9v4M11.5 9v4";
export declare const SAVE = "M10 3.5v9M6 9l4 4 4-4M4 16.5h12";
export declare const THUMB = "M6.5 9v7.5H4V9ZM6.5 9.5 10 3.5c1.4 0 2 .9 1.8 2L11.3 8H15a1.5 1.5 0 0 1 1.5 1.8l-1 5.2a1.8 1.8 0 0 1-1.8 1.5H6.5";
export declare function icon(drawing: string): TemplateResult;
/** The same as a node. */
export declare function iconElement(drawing: string): SVGElement;
