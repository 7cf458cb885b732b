import type { Log } from '../ports/log.ts';
import { type Meter } from '../ports/meter.ts';
import type { Model } from '../ports/model.ts';
import { type Retriever } from '../ports/retriever.ts';
import { type ModelSettings } from './provider.ts';
/** The model that the settings name. */
export declare function createModel(settings: ModelSettings, log: Log, meter?: Meter): Model;
/** The retriever that the settings name, or one that never finds anything (S8). */
export declare function createRetriever(settings: ModelSettings, log: Log, meter?: Meter): Retriever;
