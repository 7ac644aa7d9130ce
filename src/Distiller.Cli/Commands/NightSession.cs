using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Core.Settings;
using Distiller.Jobs;
using Distiller.Lake;
using Distiller.Training.Torch;
using Device = TorchSharp.torch.Device;

namespace Distiller.Cli.Commands;

/// <summary>The options that every stage command has, and the opened workspace they lead to.</summary>
internal sealed class NightSession
{
    private readonly Option<string> _home = CommonOptions.Home();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<string> _registry = CommonOptions.Registry();
    private readonly Option<string> _base;
    private readonly SettingOptions<NightSettings> _settings;

    /// <param name="defaults">Where they name no base, the command line must.</param>
    /// <param name="settings">Names of the settings that apply.</param>
    public NightSession(NightSettings defaults, params IReadOnlyList<string> settings)
    {
        _base = CommonOptions.Base(required: defaults.BasePath.Length == 0);
        _settings = new SettingOptions<NightSettings>(defaults, settings);
    }

    /// <summary>All settings, with the defaults of any night.</summary>
    public NightSession()
        : this([.. Setting.NamesOf<NightSettings>()]) { }

    /// <summary>With the defaults of any night.</summary>
    public NightSession(params IReadOnlyList<string> settings)
        : this(new NightSettings { BasePath = "" }, settings) { }

    public void AddTo(Command command)
    {
        command.Options.Add(_base);
        _settings.AddTo(command);
        command.Options.Add(_registry);
        command.Options.Add(_home);
        command.Options.Add(_json);
    }

    public Output Output(ParseResult parsed) => new(parsed.GetValue(_json));

    public string Home(ParseResult parsed) => parsed.GetRequiredValue(_home);

    /// <summary>What the command line says, every file in full.</summary>
    public NightSettings Settings(ParseResult parsed)
    {
        var read = _settings.Read(parsed);
        if (parsed.GetValue(_base) is { } path)
        {
            read = read with { BasePath = Path.GetFullPath(path) };
        }

        return read.WithFullPaths(Environment.CurrentDirectory);
    }

    /// <summary>Opens the workspace for writing, runs the work under progress bars, and closes it.</summary>
    /// <param name="trial">The tasks of a night that has some.</param>
    public T Run<T>(ParseResult parsed, Func<Night, T> work, Func<NightSettings, NightTrial>? trial = null)
    {
        var read = Settings(parsed);
        RefuseAbsent(read.Device);
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

    /// <summary>Before hours are spent on what comes before the training. The CPU is there: libtorch need not be loaded.</summary>
    private static void RefuseAbsent(string device)
    {
        if (device != "cpu")
        {
            _ = Device.Parse(device);
        }
    }
}
