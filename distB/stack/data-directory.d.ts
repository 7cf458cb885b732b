/**
 * Makes the data directory and its parts, for their owner alone: they hold conversations and Redis's password. From then
 * on whatever this process and its children write is for their user only. Throws `SettingsError` where that cannot be.
 */
export declare function openDataDirectory(dataDir: string): void;
