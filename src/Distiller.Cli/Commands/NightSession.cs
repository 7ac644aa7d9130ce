using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Jobs;
using Distiller.Lake;

namespace Distiller.Cli.Commands;

/// <summary>The options that every stage command has, and the opened workspace they lead to.</summary>
internal sealed class NightSession(NightSettings defaults, params string[] settings)
{
    private readonly Option<string> _home = CommonOptions.Home();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<string> _registry = CommonOptions.Registry();
    private readonly NightOptions _settings = new(defaults, settings);

    /// <summary>With the defaults of any night.</summary>
    /// <param name="settings">Names of the options that apply; none for all.</param>
    public NightSession(params string[] settings)
        : this(new NightSettings { BasePath = "" }, settings) { }

    public void AddTo(Command command)
    {
        _settings.AddTo(command);
        command.Options.Add(_registry);
        command.Options.Add(_home);
        command.Options.Add(_json);
    }

    public Output Output(ParseResult parsed) => new(parsed.GetValue(_json));

    public string Home(ParseResult parsed) => parsed.GetRequiredValue(_home);

    /// <summary>Opens the workspace for writing, runs the work under progress bars, and closes it.</summary>
    /// <param name="trial">The tasks of a night that has some.</param>
    public T Run<T>(ParseResult parsed, Func<Night, T> work, Func<NightSettings, NightTrial>? trial = null)
    {
        var read = _settings.Read(parsed);
        var home = Home(parsed);
        var tried = trial?.Invoke(read);
        using var workspace = Workspace.Open(home);
        return ProgressBars.Run(progress =>
        {
            using var night = new Night(
                workspace,
                read,
                CommonOptions.RegistryOf(parsed, _registry, home),
                TimeProvider.System,
                progress,
                tried
            );
            return work(night);
        });
    }
}
