using System.Collections.Concurrent;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong about Connected and Disconnected.</summary>
internal static class EventMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("every exception is an outage", "EVT-01", "no Disconnected", s => new EveryExceptionIsOutage(s)),
            Mutant.Of("an event with every call", "EVT-02", "Disconnected at most once", s => new EventPerCall(s)),
            Mutant.Of("handler's exception escapes", "EVT-03", "the store's own exception", s => new HandlerEscapes(s)),
            Mutant.Of("handlers are never forgotten", "EVT-04", "the store still holds it", s => new KeepsHandlers(s)),
            Mutant.Of("static events", "EVT-04", "while another's is not: not raised", s => new StaticEvents(s)),
            Mutant.Of("id in the event", "EVT-05", "without session ids", s => new TellsTheId(s)),
            Mutant.Of("events in the order in which they get through", "EVT-06", "Connected, Disconnected", s => new SwapsEvents(s)),
        ];

    private sealed class KeepsHandlers(Setup s) : ReferenceStore(s), ISessionStore
    {
        private readonly ConcurrentQueue<EventHandler?> _former = new();

        event EventHandler? ISessionStore.Disconnected
        {
            add => Disconnected += value;
            remove
            {
                Disconnected -= value;
                _former.Enqueue(value);
            }
        }
    }

    private sealed class StaticEvents(Setup s) : ReferenceStore(s), ISessionStore
    {
        // One list for all stores of one server, where real ones would have one for the process: mutants run beside each other.
        private static readonly ConcurrentDictionary<Server, EventHandler?> Handlers = new();

        event EventHandler? ISessionStore.Disconnected
        {
            add => Handlers.AddOrUpdate(Space.Server, value, (_, handlers) => handlers + value);
            remove => Handlers.AddOrUpdate(Space.Server, static _ => null, (_, handlers) => handlers - value);
        }

        protected override async ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            try
            {
                await base.EnterAsync(operation, cancellationToken);
            }
            catch (SessionStoreUnavailableException)
            {
                Raise(Handlers.GetValueOrDefault(Space.Server));
                throw;
            }
        }
    }

    private sealed class TellsTheId(Setup s) : ReferenceStore(s)
    {
        private volatile string _last = "";

        public override ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
        {
            _last = sid;
            return base.GetAsync(sid, cancellationToken);
        }

        protected override EventArgs Arguments => new FailedArgs(_last);

        private sealed class FailedArgs(string sid) : EventArgs
        {
            public string Sid => sid;
        }
    }

    private sealed class SwapsEvents(Setup s) : ReferenceStore(s)
    {
        private EventHandler? _held;
        private bool _holds;

        protected override void Raise(EventHandler? handlers)
        {
            if (!_holds)
            {
                (_held, _holds) = (handlers, true);
                return;
            }

            _holds = false;
            base.Raise(handlers);
            base.Raise(_held);
        }
    }

    private sealed class EveryExceptionIsOutage(Setup s) : ReferenceStore(s)
    {
        protected override async ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            try
            {
                await base.EnterAsync(operation, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                RaiseDisconnected();
                throw;
            }
        }
    }

    private sealed class EventPerCall(Setup s) : ReferenceStore(s)
    {
        protected override ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            if (Space.Fault == StoreFault.Unavailable)
            {
                RaiseDisconnected();
            }

            return base.EnterAsync(operation, cancellationToken);
        }
    }

    private sealed class HandlerEscapes(Setup s) : ReferenceStore(s)
    {
        protected override void Raise(EventHandler? handlers) => handlers?.Invoke(this, EventArgs.Empty);
    }
}
