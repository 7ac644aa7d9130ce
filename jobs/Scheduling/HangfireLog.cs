using Hangfire.Logging;
using Microsoft.Extensions.Logging;
using LogLevel = Hangfire.Logging.LogLevel;

namespace Distiller.Jobs.Scheduling;

/// <summary>
/// Forwards Hangfire's warnings and errors to the server's own log. Hangfire has one log provider for the whole process: that of
/// the scheduler which was started last.
/// </summary>
internal sealed class HangfireLog(ILoggerFactory logs) : ILogProvider
{
    private const string Category = "Hangfire";

    private readonly ILogger _logger = logs.CreateLogger(Category);

    public ILog GetLogger(string name) => new Log(_logger);

    private sealed class Log(ILogger logger) : ILog
    {
        bool ILog.Log(LogLevel logLevel, Func<string>? messageFunc, Exception? exception)
        {
            var level = logLevel switch
            {
                LogLevel.Fatal => Microsoft.Extensions.Logging.LogLevel.Critical,
                LogLevel.Error => Microsoft.Extensions.Logging.LogLevel.Error,
                _ => Microsoft.Extensions.Logging.LogLevel.Warning,
            };
            if (logLevel < LogLevel.Warn || !logger.IsEnabled(level))
            {
                return false;
            }

            if (messageFunc is not null)
            {
                logger.Log(level, default, messageFunc(), exception, static (message, _) => message);
            }

            return true;
        }
    }
}
