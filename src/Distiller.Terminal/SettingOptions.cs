using System.CommandLine;
using Distiller.Core.Settings;

namespace Distiller.Terminal;

/// <summary>The settings of an options record as options of one command: all of them, or those that it listens to.</summary>
internal sealed class SettingOptions<T>
    where T : class
{
    private readonly T _defaults;
    private readonly IReadOnlyList<SettingOption> _options;

    /// <summary>All settings.</summary>
    /// <param name="defaults">What holds where nothing is given.</param>
    public SettingOptions(T defaults)
        : this(defaults, [.. Setting.NamesOf<T>()]) { }

    /// <param name="only">Names of the settings that apply, in the order of the help.</param>
    public SettingOptions(T defaults, params IReadOnlyList<string> only)
    {
        _defaults = defaults;
        var settings = Setting.Of(typeof(T));
        _options =
        [
            .. only.Select(name => settings.Single(s => s.Name == name))
                .Select(s => new SettingOption(s, s.TextOf(defaults))),
        ];
    }

    public Option this[string name] => _options.Single(o => o.Setting.Name == name);

    public void AddTo(Command command)
    {
        foreach (var option in _options)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The defaults with what is given.</summary>
    public T Read(ParseResult parsed) =>
        _options.Aggregate(
            _defaults,
            (record, option) => option.GivenIn(parsed) is { } text ? option.Setting.With(record, text) : record
        );
}

/// <summary>One setting of an options record on the command line.</summary>
internal sealed class SettingOption : Option<string?>
{
    /// <param name="value">By default; null: there is none.</param>
    public SettingOption(Setting setting, string? value)
        : base(setting.Option)
    {
        Setting = setting;
        Description = setting.Description;
        if (setting.Choices.Count > 0)
        {
            HelpName = string.Join('|', setting.Choices);
        }

        if (value is not null)
        {
            DefaultValueFactory = _ => value;
        }

        if (setting.Type == typeof(bool))
        {
            Arity = ArgumentArity.ZeroOrOne;
        }

        Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && setting.FaultOf(text) is { } fault)
            {
                result.AddError($"{Name}: {fault.Reason} {fault.Remedy}");
            }
        });
    }

    public Setting Setting { get; }

    /// <summary>What the command line says; null: nothing. As in any program the name of a switch alone says yes.</summary>
    public string? GivenIn(ParseResult parsed) =>
        parsed.GetResult(this) is not { IdentifierTokenCount: > 0 } result ? null
        : Setting.Type == typeof(bool) && result.Tokens.Count == 0 ? "true"
        : result.GetValueOrDefault<string?>();
}
