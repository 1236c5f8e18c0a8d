"""Adapters: a living persona in agents and clients of other libraries, each in a module that loads only its own.

    pydantic_ai     PersonaCapability, for a pydantic-ai agent
    openai_agents   AgentPersona, for an agent of the OpenAI Agents SDK (extra `agents`)
    langgraph       PersonaMiddleware, for an agent of LangChain or LangGraph (extra `langgraph`)
    openai_client   wrap_openai, for an OpenAI or AsyncOpenAI client
    conversation    Conversation, what they are all made of: for every other library

In each, what is known reaches the model as instructions and never the stored history; what was said becomes a session
that is learned from once it is ended; and a persona that cannot be read or written never keeps a model from answering.
"""
