using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ServerSessions.Stores;

/// <summary>
/// The options of a move as they are now. A mode that the configuration brings later is used from the next call on. A change that is
/// refused leaves the mode as it is.
/// </summary>
/// <remarks>
/// Not by <c>IOptionsMonitor</c>: it throws what a validation refuses into the reload of the configuration, and no listener hears of it.
/// </remarks>
internal sealed class MoveModes : IDisposable
{
    private readonly Lock _turn = new();
    private readonly IOptionsFactory<SessionMoveOptions> _factory;
    private readonly string _name;
    private readonly ILogger _logger;
    private readonly List<IDisposable> _watches = [];
    private volatile SessionMoveOptions _current;

    public MoveModes(
        IOptionsFactory<SessionMoveOptions> factory,
        IEnumerable<MoveSection> sections,
        string name,
        ILogger<MovingSessionStore> logger
    )
    {
        (_factory, _name, _logger) = (factory, name, logger);
        _current = factory.Create(name);
        foreach (var section in sections.Where(section => section.Name == name))
        {
            _watches.Add(ChangeToken.OnChange(section.Section.GetReloadToken, Reload));
        }
    }

    public SessionMoveOptions Current => _current;

    public void Dispose() => _watches.ForEach(static watch => watch.Dispose());

    private void Reload()
    {
        lock (_turn)
        {
            try
            {
                var next = _factory.Create(_name);
                if (next.Mode == _current.Mode)
                {
                    return;
                }

                if (next.Mode != SessionMoveMode.Stay && _current.Mode != SessionMoveMode.Stay)
                {
                    MoveLog.ModeRefused(
                        _logger,
                        $"{_current.Mode} and {next.Mode} must never run at the same time. Set {SessionMoveMode.Stay} in every instance "
                            + "first."
                    );
                    return;
                }

                _current = next;
                MoveLog.ModeChanged(_logger, next.Mode);
            }
            catch (OptionsValidationException refusal)
            {
                MoveLog.ModeRefused(_logger, refusal.Message);
            }
            catch (Exception failure)
            {
                // Of the application's own delegates: its message may repeat what stands in the configuration.
                MoveLog.ModeRefused(_logger, $"The options could not be read: {failure.GetType().FullName}.");
            }
        }
    }
}
