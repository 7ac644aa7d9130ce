using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Distiller.Core.Settings;
using Distiller.Logs.Formats;
using Distiller.Logs.Reading;
using Distiller.Scrubbing;

namespace Distiller.Logs;

/// <summary>
/// The first stage: reads agent logs of any known format into the workspace's episodes. A record that cannot be read
/// goes to quarantine and the rest goes on; everything becomes visible at once, at the end.
/// </summary>
public static class Collector
{
    public const string Stage = "collect";

    /// <summary>Collects the files and makes what they brought visible, all at once.</summary>
    /// <param name="paths">Files, or folders that are searched to the bottom.</param>
    /// <exception cref="BadInputException">A path does not exist, or the disk is full.</exception>
    public static CollectReport Collect(
        IEnumerable<string> paths,
        Workspace workspace,
        CollectOptions options,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default
    ) => Collect(SourceFiles.Find(paths), workspace, options, progress, cancellation);

    internal static CollectReport Collect(
        IReadOnlyList<SourceFile> files,
        Workspace workspace,
        CollectOptions options,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation
    )
    {
        OptionsCheck.Require(options);
        var before = workspace.Episodes.Count();
        using var quarantine = workspace.Quarantine.BeginBatch();
        using var episodes = workspace.Episodes.BeginBatch();
        var collection = new Collection(episodes, quarantine, options, cancellation);
        var total = files.Sum(f => (double)f.Bytes);
        var done = 0.0;
        foreach (var file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new StageProgress(Stage, done, total, Path.GetFileName(file.Path)));
            ReadFile(collection, file);
            done += file.Bytes;
        }

        cancellation.ThrowIfCancellationRequested();
        quarantine.Commit();
        episodes.Commit();
        progress?.Report(new StageProgress(Stage, total, total, $"{files.Count} files"));
        return Report(collection, before, workspace.Episodes.Count());
    }

    internal static void ReadFile(Collection collection, SourceFile file)
    {
        if (file.Bytes == 0)
        {
            // Not opened: opening a pipe without a writer would block for ever.
            QuarantineWhole(collection, file, stream: null, reason: "");
            return;
        }

        try
        {
            using var stream = SourceStream.Open(file, collection.Options);
            var detected = FormatDetector.Detect(file, stream, collection.Options);
            if (detected.Format is { } format)
            {
                format.Read(collection, file, detected.Layout, stream);
            }
            else if (Noise.Is(file, detected))
            {
                collection[detected.Beside?.Name ?? Collection.UnknownFormat].Noise++;
            }
            else if (file.IsNamed || !IsUnfinished(stream))
            {
                QuarantineWhole(collection, file, stream, detected.Reason);
            }
        }
        catch (UnreadableFileException e)
        {
            collection.Quarantine(
                Collection.UnknownFormat,
                file.Path,
                line: 0,
                sha256: "",
                [],
                $"The file cannot be read, or not to its end: {e.InnerException!.GetType().Name}.",
                "Check its permissions and the disk, then collect it again."
            );
        }
    }

    /// <summary>Whether nothing but the beginning of an object was written to it yet: it will be read when there is more.</summary>
    private static bool IsUnfinished(SourceText stream)
    {
        const int headBytes = 1 << 20;
        return stream.IsGrowing
            && stream.Length < headBytes
            && RecordJson.IsBeginning(SourceStream.Head(stream, headBytes));
    }

    /// <summary>Quarantines a file as one record.</summary>
    private static void QuarantineWhole(Collection collection, SourceFile file, Stream? stream, string reason)
    {
        const int headBytes = 64 << 10;
        var head = stream is null ? [] : SourceStream.Head(stream, headBytes);
        var sha = Convert.ToHexStringLower(SHA256.HashData(head));
        var (why, remedy) =
            head.Length == 0
                ? (
                    "The file is empty, or not a regular file.",
                    "Leave it out, or collect it again when something was written to it."
                )
                : (
                    reason,
                    $"Known are {string.Join(", ", LogFormats.All.Select(f => f.Title))}; convert it to one of these."
                );
        collection.Quarantine(Collection.UnknownFormat, file.Path, 0, sha, head, why, remedy);
    }

    private static CollectReport Report(Collection collection, EpisodeCounts before, EpisodeCounts after)
    {
        var formats = new SortedDictionary<string, FormatReport>(StringComparer.Ordinal);
        foreach (var (format, tally) in collection.Tallies)
        {
            formats[format] = tally.Report(
                before.Formats.GetValueOrDefault(format, EpisodeCounts.Zero),
                after.Formats.GetValueOrDefault(format, EpisodeCounts.Zero)
            );
        }

        var all = formats.Values;
        return new CollectReport(
            all.Sum(f => f.Records),
            all.Sum(f => f.Stored),
            all.Sum(f => f.Duplicates),
            all.Sum(f => f.Quarantined),
            all.Sum(f => f.Noise),
            all.Sum(f => f.Episodes),
            all.Sum(f => f.Sessions),
            all.Sum(f => f.Turns),
            all.Sum(f => f.Requests),
            new UsageReport(
                all.Sum(f => f.Usage.Input),
                all.Sum(f => f.Usage.CacheRead),
                all.Sum(f => f.Usage.CacheWrite),
                all.Sum(f => f.Usage.Output)
            ),
            formats
        );
    }
}

/// <summary>How logs are collected.</summary>
public sealed record CollectOptions
{
    /// <summary>Whose logs these are. A log line cannot say otherwise.</summary>
    [Required(ErrorMessage = "Name the tenant.")]
    public string Tenant { get; init; } = "default";

    /// <summary>The longest record that is read, in bytes; a longer one goes to quarantine.</summary>
    [Range(1 << 10, 256 << 20)]
    public int RecordBytesMax { get; init; } = 16 << 20;

    /// <summary>The longest file that is one JSON value and read whole, in bytes; a longer one goes to quarantine.</summary>
    [Range(1 << 10, 1 << 30)]
    public int DocumentBytesMax { get; init; } = 256 << 20;

    /// <summary>The longest episode held in memory, in characters of text; a longer session is stored in parts.</summary>
    [Range(64 << 10, int.MaxValue)]
    public int EpisodeCharsMax { get; init; } = 8 << 20;

    /// <summary>What is hidden before anything is stored.</summary>
    public ScrubRules Rules { get; init; } = ScrubRules.Default;

    /// <summary>The longest text within a record, in bytes; a longer one is shortened to its head and a note.</summary>
    [Range(1 << 10, 256 << 20)]
    public int TextBytesMax { get; init; } = 256 << 10;

    /// <summary>For how long after it was last written to a file is taken to be still in writing.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan InWriting { get; init; } = TimeSpan.FromDays(1);

    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>A time after this one is no time: clocks differ, but not by days.</summary>
    internal DateTimeOffset Latest => Time.GetUtcNow().AddDays(2);

    internal int BytesMax(RecordLayout layout) =>
        layout is RecordLayout.Document or RecordLayout.Archive ? DocumentBytesMax : RecordBytesMax;
}
