using System.CommandLine;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Cli.Commands;

/// <summary>Where the runs of a server are kept: the commands about runs share it.</summary>
internal static class DatabaseOption
{
    public static Option<string?> Create() =>
        new("--database")
        {
            Description =
                "PostgreSQL, as Host=…;Port=…;Database=…;Username=…;Password=…, for several machines. Default: $DISTILLER_DATABASE, else SQLite in .serve/ of --home.",
            HelpName = "CONNECTION",
        };

    /// <summary>Where the runs of the server at a folder are kept.</summary>
    public static RunDatabase Of(ParseResult parsed, Option<string?> option, string home)
    {
        var given = parsed.GetValue(option) ?? Environment.GetEnvironmentVariable("DISTILLER_DATABASE");
        return given is { Length: > 0 }
            ? RunDatabase.Postgres(given)
            : RunDatabase.Sqlite(Path.Combine(home, ServerFolder, "distiller.db"));
    }

    /// <summary>In a server's home: what only the server writes.</summary>
    public const string ServerFolder = ".serve";
}
