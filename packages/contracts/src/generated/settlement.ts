// Generated from solidity/OblivionSettlement.sol by packages/contracts/generate.ts. Do not edit.

/** ABI of OblivionSettlement. */
export const settlementAbi = [
  {
    "type": "constructor",
    "inputs": [
      {
        "name": "token_",
        "type": "address",
        "internalType": "contract IERC20"
      },
      {
        "name": "roles",
        "type": "tuple",
        "internalType": "struct IStewards.Roles",
        "components": [
          {
            "name": "settler",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "guardian",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "admin",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "treasury",
            "type": "address",
            "internalType": "address"
          }
        ]
      },
      {
        "name": "terms",
        "type": "tuple",
        "internalType": "struct IStewards.Terms",
        "components": [
          {
            "name": "exitDelay",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "exitWindow",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "maxPause",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "cadence",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "chargeCap",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "claimCap",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "defaultDailyCap",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "maxFeeBps",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      }
    ],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "admin",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "address",
        "internalType": "address"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "cadence",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "cancel",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "cancelExit",
    "inputs": [],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "changeDelay",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "changeOf",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      }
    ],
    "outputs": [
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "executableAt",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "lapsesAt",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "charge",
    "inputs": [
      {
        "name": "charges",
        "type": "tuple[]",
        "internalType": "struct ICustomers.Charge[]",
        "components": [
          {
            "name": "customer",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "cumulative",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "cumulativeFee",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "chargeCap",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "chargeable",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "chargedFeeOf",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "chargedOf",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "claim",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "cumulative",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "claimBatch",
    "inputs": [
      {
        "name": "vouchers",
        "type": "tuple[]",
        "internalType": "struct IProviders.Voucher[]",
        "components": [
          {
            "name": "provider",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "cumulative",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "claimCap",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "claimTo",
    "inputs": [
      {
        "name": "to",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "cumulative",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "claimable",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "collectFees",
    "inputs": [],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "customerOf",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct ICustomers.Customer",
        "components": [
          {
            "name": "escrow",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "charged",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "chargedFee",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "dailyCap",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "chargeable",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "raisedCap",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "raisedAt",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "exiting",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "exitRipeAt",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "exitLapsesAt",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "defaultDailyCap",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "deposit",
    "inputs": [
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "depositWithPermit",
    "inputs": [
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "deadline",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "v",
        "type": "uint8",
        "internalType": "uint8"
      },
      {
        "name": "r",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "s",
        "type": "bytes32",
        "internalType": "bytes32"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "eip712Domain",
    "inputs": [],
    "outputs": [
      {
        "name": "fields",
        "type": "bytes1",
        "internalType": "bytes1"
      },
      {
        "name": "name",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "version",
        "type": "string",
        "internalType": "string"
      },
      {
        "name": "chainId",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "verifyingContract",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "salt",
        "type": "bytes32",
        "internalType": "bytes32"
      },
      {
        "name": "extensions",
        "type": "uint256[]",
        "internalType": "uint256[]"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "escrowOf",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "execute",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "exitDelay",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "exitWindow",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "fees",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "guardian",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "address",
        "internalType": "address"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "lower",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      },
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "maxFeeBps",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "maxPause",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "pause",
    "inputs": [
      {
        "name": "duration",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "pauseLeft",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "pausedUntil",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "personalDelay",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "pure"
  },
  {
    "type": "function",
    "name": "pool",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "propose",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      },
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "providerOf",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "tuple",
        "internalType": "struct IProviders.Provider",
        "components": [
          {
            "name": "settled",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "payee",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "nextPayee",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "nextPayeeAt",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "requestExit",
    "inputs": [
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "resume",
    "inputs": [],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "revokeSettler",
    "inputs": [],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "setDailyCap",
    "inputs": [
      {
        "name": "dailyCap",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "setPayee",
    "inputs": [
      {
        "name": "payee",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "settleBatch",
    "inputs": [
      {
        "name": "charges",
        "type": "tuple[]",
        "internalType": "struct ICustomers.Charge[]",
        "components": [
          {
            "name": "customer",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "cumulative",
            "type": "uint256",
            "internalType": "uint256"
          },
          {
            "name": "cumulativeFee",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      },
      {
        "name": "vouchers",
        "type": "tuple[]",
        "internalType": "struct IProviders.Voucher[]",
        "components": [
          {
            "name": "provider",
            "type": "address",
            "internalType": "address"
          },
          {
            "name": "cumulative",
            "type": "uint256",
            "internalType": "uint256"
          }
        ]
      },
      {
        "name": "signature",
        "type": "bytes",
        "internalType": "bytes"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "settledOf",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "internalType": "address"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "settler",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "address",
        "internalType": "address"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "token",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "address",
        "internalType": "contract IERC20"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "topUp",
    "inputs": [
      {
        "name": "amount",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "function",
    "name": "totalEscrow",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "uint256",
        "internalType": "uint256"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "treasury",
    "inputs": [],
    "outputs": [
      {
        "name": "",
        "type": "address",
        "internalType": "address"
      }
    ],
    "stateMutability": "view"
  },
  {
    "type": "function",
    "name": "withdraw",
    "inputs": [],
    "outputs": [],
    "stateMutability": "nonpayable"
  },
  {
    "type": "event",
    "name": "ChangeCancelled",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "indexed": true,
        "internalType": "enum IStewards.Change"
      },
      {
        "name": "value",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ChangeProposed",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "indexed": true,
        "internalType": "enum IStewards.Change"
      },
      {
        "name": "value",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "executableAt",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "lapsesAt",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Changed",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "indexed": true,
        "internalType": "enum IStewards.Change"
      },
      {
        "name": "value",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ChargeFellShort",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "missing",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Charged",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "cumulative",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "cumulativeFee",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "fee",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ClaimFellShort",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "missing",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Claimed",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "CustomerCapChanged",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "dailyCap",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "effectiveAt",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Deposited",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "EIP712DomainChanged",
    "inputs": [],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ExitCancelled",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ExitRequested",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "ripeAt",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      },
      {
        "name": "lapsesAt",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "FeesCollected",
    "inputs": [
      {
        "name": "treasury",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Paused",
    "inputs": [
      {
        "name": "until",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "PayeeChanged",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "payee",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "effectiveAt",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Resumed",
    "inputs": [],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "SettlerRevoked",
    "inputs": [
      {
        "name": "settler",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "ToppedUp",
    "inputs": [
      {
        "name": "from",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "event",
    "name": "Withdrawn",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "indexed": true,
        "internalType": "address"
      },
      {
        "name": "amount",
        "type": "uint256",
        "indexed": false,
        "internalType": "uint256"
      }
    ],
    "anonymous": false
  },
  {
    "type": "error",
    "name": "InvalidShortString",
    "inputs": []
  },
  {
    "type": "error",
    "name": "OblivionSettlement_CapTooLarge",
    "inputs": [
      {
        "name": "given",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "largest",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_ChangeLapsed",
    "inputs": [
      {
        "name": "lapsedAt",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "time",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_ChangeTooEarly",
    "inputs": [
      {
        "name": "executableAt",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "time",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_ClaimCapReached",
    "inputs": [
      {
        "name": "claimCap",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_ExitLapsed",
    "inputs": [
      {
        "name": "lapsedAt",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "time",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_ExitNotRipe",
    "inputs": [
      {
        "name": "ripeAt",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "time",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_InvalidAddress",
    "inputs": [
      {
        "name": "given",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_InvalidTerms",
    "inputs": [
      {
        "name": "given",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "bound",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_InvalidValue",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      },
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NoChange",
    "inputs": [
      {
        "name": "change",
        "type": "uint8",
        "internalType": "enum IStewards.Change"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NoExit",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NotAllowed",
    "inputs": [
      {
        "name": "sender",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "expected",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NotPaused",
    "inputs": []
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NothingToClaim",
    "inputs": [
      {
        "name": "provider",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "cumulative",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "settled",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NothingToDeposit",
    "inputs": []
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NothingToExit",
    "inputs": [
      {
        "name": "customer",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_NothingToTopUp",
    "inputs": []
  },
  {
    "type": "error",
    "name": "OblivionSettlement_PauseTooLong",
    "inputs": [
      {
        "name": "given",
        "type": "uint256",
        "internalType": "uint256"
      },
      {
        "name": "left",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_Paused",
    "inputs": [
      {
        "name": "until",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_PayeeRefused",
    "inputs": [
      {
        "name": "payee",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_PoolEmpty",
    "inputs": [
      {
        "name": "needed",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "OblivionSettlement_WrongSigner",
    "inputs": [
      {
        "name": "recovered",
        "type": "address",
        "internalType": "address"
      },
      {
        "name": "settler",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "ReentrancyGuardReentrantCall",
    "inputs": []
  },
  {
    "type": "error",
    "name": "SafeCastOverflowedUintDowncast",
    "inputs": [
      {
        "name": "bits",
        "type": "uint8",
        "internalType": "uint8"
      },
      {
        "name": "value",
        "type": "uint256",
        "internalType": "uint256"
      }
    ]
  },
  {
    "type": "error",
    "name": "SafeERC20FailedOperation",
    "inputs": [
      {
        "name": "token",
        "type": "address",
        "internalType": "address"
      }
    ]
  },
  {
    "type": "error",
    "name": "StringTooLong",
    "inputs": [
      {
        "name": "str",
        "type": "string",
        "internalType": "string"
      }
    ]
  }
] as const

/** Creation bytecode of OblivionSettlement, without constructor arguments. */
export const settlementBytecode = '0x610220604052348015610010575f5ffd5b5060405161638438038061638483398101604081905261002f91610928565b6040518060400160405280601281526020017113d89b1a5d9a5bdb94d95d1d1b195b595b9d60721b815250604051806040016040528060018152602001603160f81b815250848484826001600160a01b03163b5f036100b157604051637b51e33160e01b81526001600160a01b03841660048201526024015b60405180910390fd5b6001600160a01b03831660805260408101516100d09062093a80610350565b60608101516100e090600161037f565b8051606082015161011691906100f7906002610a3d565b83604001516101069190610a54565b610111906001610a54565b61037f565b8051610125906276a700610350565b6020810151610137906201518061037f565b6020810151610149906276a700610350565b60c081015161015f9066ffffffffffffff610350565b805160a052602081015160c0908152604082015160e05260608201516101005281015161012052815161019c905f906001600160a01b03166103aa565b6101ba600183602001516001600160a01b03166103aa60201b60201c565b6101d8600283604001516001600160a01b03166103aa60201b60201c565b6101f6600383606001516001600160a01b03166103aa60201b60201c565b61020b600482608001516103aa60201b60201c565b61022060058260a001516103aa60201b60201c565b61023560068260e001516103aa60201b60201c565b60808101516002805466ffffffffffffff9283166701000000000000000266ffffffffffffff60381b1990911617905560a09091015160018054919092166c010000000000000000000000000266ffffffffffffff60601b19909116179055506102a090508261063f565b6101e0526102ad8161063f565b6102005281516020808401919091206101a0528151908201206101c052466101605261033c6101a0516101c051604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201529081019290925260608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b610140525050306101805250610b32915050565b8082111561037b5760405163e1edbf1d60e01b815260048101839052602481018290526044016100a8565b5050565b8082101561037b5760405163e1edbf1d60e01b815260048101839052602481018290526044016100a8565b6103b4828261067c565b5f8260068111156103c7576103c7610a67565b036103ec575f80546001600160a01b0383166001600160a01b03199091161790555050565b600182600681111561040057610400610a67565b0361042657600480546001600160a01b0383166001600160a01b03199091161790555050565b600282600681111561043a5761043a610a67565b0361046057600580546001600160a01b0383166001600160a01b03199091161790555050565b600382600681111561047457610474610a67565b0361049a57600680546001600160a01b0383166001600160a01b03199091161790555050565b60048260068111156104ae576104ae610a67565b0361054d576002545f906104e79066ffffffffffffff670100000000000000820481169164ffffffffff600160701b8204169116610809565b90506104f38183610857565b60028054600160381b600160981b03191667010000000000000066ffffffffffffff9384160264ffffffffff60701b191617600160701b4264ffffffffff16021766ffffffffffffff191693909116929092179091555050565b600582600681111561056157610561610a67565b0361061f576001545f805490916105aa9166ffffffffffffff6c01000000000000000000000000830481169264ffffffffff600160981b9091041691600160c81b900416610809565b90506105b68183610857565b60018054600160601b600160c01b0319166c0100000000000000000000000066ffffffffffffff9384160264ffffffffff60981b191617600160981b4264ffffffffff16021790555f80546001600160c81b0316600160c81b9490921693909302179091555050565b6002805461ffff8316600160981b0261ffff60981b199091161790555050565b5f5f829050601f81511115610669578260405163305a27a960e01b81526004016100a89190610a7b565b805161067482610ab0565b179392505050565b600382600681111561069057610690610a67565b116107bb57806001600160a01b038111806106b157506106af81610867565b155b156106d3578282604051630982b3f560e21b81526004016100a8929190610ad6565b5f808460068111156106e7576106e7610a67565b1415801561070157505f546001600160a01b038381169116145b806107365750600184600681111561071b5761071b610a67565b1415801561073657506004546001600160a01b038381169116145b8061076b5750600284600681111561075057610750610a67565b1415801561076b57506005546001600160a01b038381169116145b905080801561078c5750600384600681111561078957610789610a67565b14155b156107b557604051637b51e33160e01b81526001600160a01b03831660048201526024016100a8565b50505050565b60068260068111156107cf576107cf610a67565b146107e15766ffffffffffffff6107e5565b6127105b81111561037b578181604051630982b3f560e21b81526004016100a8929190610ad6565b5f818410610818575082610850565b61084d826201518061082a8642610b00565b6108349086610a3d565b61083e9190610b13565b6108489087610a54565b610857565b90505b9392505050565b8082108183180281185b92915050565b5f6001600160a01b0382161580159061089457506080516001600160a01b0316826001600160a01b031614155b801561086157506001600160a01b03821630141592915050565b6001600160a01b03811681146108c2575f5ffd5b50565b604051608081016001600160401b03811182821017156108f357634e487b7160e01b5f52604160045260245ffd5b60405290565b60405161010081016001600160401b03811182821017156108f357634e487b7160e01b5f52604160045260245ffd5b5f5f5f8385036101a081121561093c575f5ffd5b8451610947816108ae565b93506080601f198201121561095a575f5ffd5b6109626108c5565b6020860151610970816108ae565b81526040860151610980816108ae565b60208201526060860151610993816108ae565b604082015260808601516109a6816108ae565b60608201529250610100609f19820112156109bf575f5ffd5b506109c86108f9565b60a085810151825260c080870151602084015260e08088015160408501526101008801516060850152610120880151608085015261014088015192840192909252610160870151908301526101809095015194810194909452509093909250565b634e487b7160e01b5f52601160045260245ffd5b808202811582820484141761086157610861610a29565b8082018082111561086157610861610a29565b634e487b7160e01b5f52602160045260245ffd5b602081525f82518060208401528060208501604085015e5f604082850101526040601f19601f83011684010191505092915050565b80516020808301519190811015610ad0575f198160200360031b1b821691505b50919050565b6040810160078410610af657634e487b7160e01b5f52602160045260245ffd5b9281526020015290565b8181038181111561086157610861610a29565b5f82610b2d57634e487b7160e01b5f52601260045260245ffd5b500490565b60805160a05160c05160e05161010051610120516101405161016051610180516101a0516101c0516101e05161020051615740610c445f395f613d5f01525f613d3401525f614e4c01525f614e2401525f614d7f01525f614da901525f614dd301525f81816107340152612b3701525f6107db01525f818161078101528181610f9101528181612747015261277201525f818161040f0152818161140f0152818161144001528181611e29015261215001525f81816104bf01528181611d8501526124d001525f81816109690152818161164a015281816118fe01528181611a70015281816125cc0152818161336a0152818161355a0152818161418001528181614af20152614be001526157405ff3fe608060405234801561000f575f5ffd5b5060043610610330575f3560e01c806384b0196e116101b3578063b9219a54116100f3578063da748b101161009e578063f851a44011610079578063f851a44014610931578063fa646c0f14610951578063fc0c546a14610964578063fdf364e41461098b575f5ffd5b8063da748b10146108c0578063e038c3da146108e6578063e59140fc14610929575f5ffd5b8063c8796572116100ce578063c87965721461089c578063d175da5c146108a4578063d1fa43d5146108b7575f5ffd5b8063b9219a541461085e578063bf769a3f14610871578063c55e4af814610894575f5ffd5b8063a2f9c4081161015e578063ad94bd1b11610139578063ad94bd1b146107d6578063af38d757146107fd578063b6b55f2514610805578063b6fd905414610818575f5ffd5b8063a2f9c4081461077c578063a3d89844146107a3578063ab221a76146107b9575f5ffd5b80638fd1d4211161018e5780638fd1d421146106a45780639239c1d61461072f5780639af1d35a14610756575f5ffd5b806384b0196e14610663578063876357791461067e5780638f0bc15214610691575f5ffd5b8063392d14521161027e578063508b26bd1161022957806361d027b31161020457806361d027b3146105ca578063721c6513146105ea578063740abee8146105fd578063822fc34e14610610575f5ffd5b8063508b26bd146105a75780635261e298146105af57806359a5fbb1146105b7575f5ffd5b8063452a932011610259578063452a93201461053c5780634a970be71461058157806350017f3e14610594575f5ffd5b8063392d1452146104f45780633ccfd60b14610521578063410459ad14610529575f5ffd5b806316f0115b116102de57806321338b38116102b957806321338b381461044457806328388630146104ba5780632959932f146104e1575f5ffd5b806316f0115b146103f45780631e29848b1461040a5780631ea2008314610431575f5ffd5b80630840a44a1161030e5780630840a44a146103a0578063091a9b05146103b3578063136439dd146103e1575f5ffd5b80630265190314610334578063046f7da21461035457806305caf43c1461035e575b5f5ffd5b60025466ffffffffffffff165b6040519081526020015b60405180910390f35b61035c610993565b005b61034161036c366004615102565b73ffffffffffffffffffffffffffffffffffffffff165f908152600960205260409020546affffffffffffffffffffff1690565b61035c6103ae36600461511b565b610aeb565b6103c66103c1366004615140565b610e40565b6040805193845260208401929092529082015260600161034b565b61035c6103ef36600461511b565b610ece565b6001546bffffffffffffffffffffffff16610341565b6103417f000000000000000000000000000000000000000000000000000000000000000081565b61035c61043f366004615140565b611062565b610457610452366004615102565b611126565b60405161034b91905f6080820190508251825273ffffffffffffffffffffffffffffffffffffffff602084015116602083015273ffffffffffffffffffffffffffffffffffffffff60408401511660408301526060830151606083015292915050565b6103417f000000000000000000000000000000000000000000000000000000000000000081565b61035c6104ef3660046151df565b611269565b5f54790100000000000000000000000000000000000000000000000000900466ffffffffffffff16610341565b61035c611342565b61035c610537366004615102565b61168c565b60045461055c9073ffffffffffffffffffffffffffffffffffffffff1681565b60405173ffffffffffffffffffffffffffffffffffffffff909116815260200161034b565b61035c61058f36600461524b565b611873565b61035c6105a236600461511b565b61197e565b610341611aa0565b61035c611ae4565b61035c6105c5366004615295565b611b9e565b60065461055c9073ffffffffffffffffffffffffffffffffffffffff1681565b61035c6105f836600461511b565b611d0e565b61035c61060b3660046152fe565b611e77565b61034161061e366004615102565b73ffffffffffffffffffffffffffffffffffffffff165f908152600860205260409020546c0100000000000000000000000090046bffffffffffffffffffffffff1690565b61066b611eec565b60405161034b979695949392919061537f565b61035c61068c36600461543e565b611f4a565b61035c61069f3660046154dd565b611fd2565b6106b76106b2366004615102565b612067565b60405161034b91905f61014082019050825182526020830151602083015260408301516040830152606083015160608301526080830151608083015260a083015160a083015260c083015160c083015260e083015160e083015261010083015161010083015261012083015161012083015292915050565b6103417f000000000000000000000000000000000000000000000000000000000000000081565b6003546c0100000000000000000000000090046bffffffffffffffffffffffff16610341565b6103417f000000000000000000000000000000000000000000000000000000000000000081565b6003546bffffffffffffffffffffffff16610341565b5f5473ffffffffffffffffffffffffffffffffffffffff1661055c565b6103417f000000000000000000000000000000000000000000000000000000000000000081565b610341612323565b61035c61081336600461511b565b61238d565b610341610826366004615102565b73ffffffffffffffffffffffffffffffffffffffff165f908152600860205260409020600101546bffffffffffffffffffffffff1690565b61035c61086c366004615295565b6123c8565b600254730100000000000000000000000000000000000000900461ffff16610341565b6103416124c6565b61035c6124f4565b61035c6108b23660046154dd565b61260b565b62015180610341565b5f5474010000000000000000000000000000000000000000900464ffffffffff16610341565b6103416108f4366004615102565b73ffffffffffffffffffffffffffffffffffffffff165f908152600860205260409020546bffffffffffffffffffffffff1690565b6103416126e3565b60055461055c9073ffffffffffffffffffffffffffffffffffffffff1681565b61035c61095f366004615140565b612798565b61055c7f000000000000000000000000000000000000000000000000000000000000000081565b61035c612910565b61099b612989565b6005546109bd9073ffffffffffffffffffffffffffffffffffffffff166129be565b5f5474010000000000000000000000000000000000000000900464ffffffffff16428111610a17576040517f1dfacf1c00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b610a214282615548565b60048054601490610a5290849074010000000000000000000000000000000000000000900464ffffffffff1661555b565b82546101009290920a64ffffffffff8181021990931691831602179091555f80547fffffffffffffff0000000000ffffffffffffffffffffffffffffffffffffffff167401000000000000000000000000000000000000000042909316929092029190911781556040517f62451d457bc659158be6e6247f56ec1df424a5c7597f71c20c2bc44e0965c8f99250a150610ae9612a2b565b565b610af3612989565b66ffffffffffffff811115610b49576040517fbcbfc2340000000000000000000000000000000000000000000000000000000081526004810182905266ffffffffffffff60248201526044015b60405180910390fd5b335f9081526008602052604081209080610b6283612a55565b6001850180547fffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffffff168388117901000000000000000000000000000000000000000000000000009081029190911791829055929450909250429160ff91041615610cb857610bd26201518082615578565b60028501805464ffffffffff8084167801000000000000000000000000000000000000000000000000027fffffff0000000000ffffffffffffffffffffffffffffffffffffffffffffffff66ffffffffffffff808c167101000000000000000000000000000000000002919091167fffffff000000000000000000000000ffffffffffffffffffffffffffffffffff909416939093171790925560038701805442909316670100000000000000027fffffffffffffffffffffffffffffffffffffffff000000000000000000000000909316918616919091179190911790559050610cbc565b8492505b83547f010000000000000000000000000000000000000000000000000000000000000077ffffffffffffffffffffffffffffffffffffffffffffffff909116780100000000000000000000000000000000000000000000000066ffffffffffffff80871682027effffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff16929092179290921786556001860180547fffffffffffffffff000000000000000000000000ffffffffffffffffffffffff166c01000000000000000000000000928616929092027fffffffffffffffff0000000000ffffffffffffffffffffffffffffffffffffff16919091177301000000000000000000000000000000000000004264ffffffffff1602177fffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffff169091179055604080518681526020810183905233917f19eb6e63de830ea602ea5be00b35bc28a27da2ff7e7b54bf61af8b526f03a578910160405180910390a250505050610e3d612a2b565b50565b5f5f5f5f60075f866006811115610e5957610e5961558b565b6006811115610e6a57610e6a61558b565b815260208082019290925260409081015f9081208251808401909352805483526001015492820183905290925003610eab575f5f5f93509350935050610ec7565b80516020820151610ebf6212750082615578565b935093509350505b9193909250565b610ed6612989565b600454610ef89073ffffffffffffffffffffffffffffffffffffffff166129be565b5f610f016126e3565b9050811580610f0f57508082115b15610f50576040517f2184c38e0000000000000000000000000000000000000000000000000000000081526004810183905260248101829052604401610b40565b5f80548390610f7e9074010000000000000000000000000000000000000000900464ffffffffff1642612bfb565b610f889190615578565b905082610fb5837f0000000000000000000000000000000000000000000000000000000000000000615548565b610fbf9190615578565b6004805464ffffffffff928316740100000000000000000000000000000000000000009081027fffffffffffffff0000000000ffffffffffffffffffffffffffffffffffffffff928316179092555f805493851690920292169190911790556040517f32fb7c9891bc4f963c7de9f1186d2a7755c7d6e9f4604dabe1d8bb3027c2f49e906110509083815260200190565b60405180910390a15050610e3d612a2b565b61106a612989565b60055461108c9073ffffffffffffffffffffffffffffffffffffffff166129be565b5f61109682612c0f565b905060075f8360068111156110ad576110ad61558b565b60068111156110be576110be61558b565b815260208101919091526040015f908120818155600101558160068111156110e8576110e861558b565b81516040519081527fe55b564486fe046e6e593cd1c01977c6c3e6c574ed62bca125c4ee7f59a41a859060200160405180910390a250610e3d612a2b565b604080516080810182525f80825260208201819052918101829052606081019190915273ffffffffffffffffffffffffffffffffffffffff8281165f90815260096020908152604080832054600a835281842082518084019093525494851682527401000000000000000000000000000000000000000090940464ffffffffff1691810191909152906b0100000000000000000000008316158015906111d65750816020015164ffffffffff1642105b905060405180608001604052806affffffffffffffffffffff8016851681526020016112028786612cb3565b73ffffffffffffffffffffffffffffffffffffffff16815260200182611228575f61122b565b83515b73ffffffffffffffffffffffffffffffffffffffff16815260200182611251575f611257565b83602001515b64ffffffffff16905295945050505050565b611271612989565b6112ce7f4f3437902c86897b15c2978d51008721710980f7468706f65bd7d75e7619ca4261129f8686612d48565b604080516020810193909352820152606001604051602081830303815290604052805190602001208383612ec5565b505f6112da8585613025565b9050801561133357600180548291905f906113049084906bffffffffffffffffffffffff166155b8565b92506101000a8154816bffffffffffffffffffffffff02191690836bffffffffffffffffffffffff1602179055505b5061133c612a2b565b50505050565b61134a612989565b335f908152600860205260408120600281015490916bffffffffffffffffffffffff909116908190036113ab576040517f99e3987e000000000000000000000000000000000000000000000000000000008152336004820152602401610b40565b60028201546c01000000000000000000000000900464ffffffffff164281111561140a576040517f2d69372000000000000000000000000000000000000000000000000000000000815260048101829052426024820152604401610b40565b6114347f000000000000000000000000000000000000000000000000000000000000000082615578565b4211156114a1576114657f000000000000000000000000000000000000000000000000000000000000000082615578565b6040517f729a626b0000000000000000000000000000000000000000000000000000000081526004810191909152426024820152604401610b40565b82545f906bffffffffffffffffffffffff908116908416106114d25783546bffffffffffffffffffffffff166114d4565b825b9050806bffffffffffffffffffffffff165f036114fd576114f484613273565b50505050611684565b6002840180547fffffffffffffffffffffffffffffffffffffffff0000000000000000000000001690558354819085905f906115489084906bffffffffffffffffffffffff166155dc565b92506101000a8154816bffffffffffffffffffffffff02191690836bffffffffffffffffffffffff1602179055508060035f015f8282829054906101000a90046bffffffffffffffffffffffff166115a091906155dc565b92506101000a8154816bffffffffffffffffffffffff02191690836bffffffffffffffffffffffff1602179055503373ffffffffffffffffffffffffffffffffffffffff167f7084f5476618d8e60b11ef0d7d3f06914655adb8793e28ff7f018d4c76d505d58260405161162891906bffffffffffffffffffffffff91909116815260200190565b60405180910390a261167f73ffffffffffffffffffffffffffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016336bffffffffffffffffffffffff84166132e7565b505050505b610ae9612a2b565b611694612989565b61169d81613347565b6116eb576040517fd980505600000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff82166004820152602401610b40565b335f8181526009602052604081208054909290919061170a9083612cb3565b6affffffffffffffffffffff929092167fffffffffffffffffffffffffffffffffffffffff000000000000000000000000606084901b16179190504273ffffffffffffffffffffffffffffffffffffffff85811690831614611817576117736201518082615578565b60408051808201825273ffffffffffffffffffffffffffffffffffffffff808916825264ffffffffff8085166020808501918252335f908152600a9091529490942092518354945190911674010000000000000000000000000000000000000000027fffffffffffffff000000000000000000000000000000000000000000000000009094169116179190911790556b010000000000000000000000939093179290505b82845560405181815273ffffffffffffffffffffffffffffffffffffffff86169033907f969ee023886923c12389a0cc271c45d2e256dab85d93aed9d172382949cf20a99060200160405180910390a350505050610e3d612a2b565b61187b612989565b5f546118a59074010000000000000000000000000000000000000000900464ffffffffff166133e0565b6040517fd505accf000000000000000000000000000000000000000000000000000000008152336004820152306024820152604481018690526064810185905260ff8416608482015260a4810183905260c481018290527f000000000000000000000000000000000000000000000000000000000000000073ffffffffffffffffffffffffffffffffffffffff169063d505accf9060e4015f604051808303815f87803b158015611954575f5ffd5b505af1925050508015611965575060015b5061196f8561341d565b611977612a2b565b5050505050565b611986612989565b805f036119bf576040517f3910c68a00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b6001546119e4906119df9083906bffffffffffffffffffffffff16615578565b613582565b600180547fffffffffffffffffffffffffffffffffffffffff000000000000000000000000166bffffffffffffffffffffffff9290921691909117905560405181815233907fa64c2da41decbd538f8629e54c8fa0b7362c9102b691386a0fb6a1797454e9c69060200160405180910390a2611a9873ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000163330846135d7565b610e3d612a2b565b6002545f90611adf9066ffffffffffffff670100000000000000820481169164ffffffffff6e0100000000000000000000000000008204169116613633565b905090565b611aec612989565b60055473ffffffffffffffffffffffffffffffffffffffff163314611b2d57600454611b2d9073ffffffffffffffffffffffffffffffffffffffff166129be565b5f805460405173ffffffffffffffffffffffffffffffffffffffff909116917f6fb1d52d3d220b332827a2d78aaa8fc2da7c48e2a2e29e1c264291787628e89e91a25f80547fffffffffffffffffffffffff0000000000000000000000000000000000000000169055610ae9612a2b565b611ba6612989565b600554611bc89073ffffffffffffffffffffffffffffffffffffffff166129be565b5f6004836006811115611bdd57611bdd61558b565b03611bf4575060025466ffffffffffffff16611c74565b6005836006811115611c0857611c0861558b565b03611c3b57505f54790100000000000000000000000000000000000000000000000000900466ffffffffffffff16611c74565b6006836006811115611c4f57611c4f61558b565b03611c745750600254730100000000000000000000000000000000000000900461ffff165b808210611cb15782826040517f260acfd4000000000000000000000000000000000000000000000000000000008152600401610b40929190615639565b611cbb838361367f565b826006811115611ccd57611ccd61558b565b6040518381527f0277c4cc794f4d787b9110dd3ddb31886265044d13ba51f3aeeba484ad423d5a906020015b60405180910390a250611d0a612a2b565b5050565b611d16612989565b335f9081526008602052604081208054909190611d429084906bffffffffffffffffffffffff16613ab6565b9050805f03611d7f576040517f2c7c755b000000000000000000000000000000000000000000000000000000008152336004820152602401610b40565b5f611daa7f000000000000000000000000000000000000000000000000000000000000000042615578565b60028401805464ffffffffff83166c01000000000000000000000000027fffffffffffffffffffffffffffffff00000000000000000000000000000000009091166bffffffffffffffffffffffff8616171790559050337fcbc315c2c4c3294d0be4c523a6e9f963ffd00e687f81c4e7480e1fb138b0fe458383611e4e7f000000000000000000000000000000000000000000000000000000000000000082615578565b6040805193845260208401929092529082015260600160405180910390a2505050610e3d612a2b565b611e7f612989565b5f611ede7f78c53cc6a431f7023e97d221cb09649013d1deb671f20b58018a9f447c67565c611eae8787613ac5565b6040805160208101939093528201526060015b604051602081830303815290604052805190602001208484612ec5565b90506113338585835f613b2a565b5f6060805f5f5f6060611efd613d2d565b611f05613d58565b604080515f808252602082019092527f0f000000000000000000000000000000000000000000000000000000000000009b939a50919850469750309650945092509050565b611f52612989565b5f611faa7f2879ce6166d56cd53a49d22814f1ac28e649e0baf57c100e84f6f588a53de32d611f818989612d48565b611f8b8888613ac5565b6040805160208101949094528301919091526060820152608001611ec1565b9050611fc1858583611fbc8b8b613025565b613b2a565b50611fca612a2b565b505050505050565b611fda612989565b61205f845f8561205a6120538989604080517f85b34c24728dd3fbcb0f5d113659fd35154892a2982f1cb9ddcad64723cd934460208083019190915273ffffffffffffffffffffffffffffffffffffffff9490941681830152606080820193909352815180820390930183526080019052805191012090565b8787612ec5565b613d83565b61133c612a2b565b6120b36040518061014001604052805f81526020015f81526020015f81526020015f81526020015f81526020015f81526020015f81526020015f81526020015f81526020015f81525090565b73ffffffffffffffffffffffffffffffffffffffff82165f90815260086020526040812090806120e283612a55565b600185015491935091505f90790100000000000000000000000000000000000000000000000000900460ff168015612140575060028401547801000000000000000000000000000000000000000000000000900464ffffffffff1642105b60028501549091505f9061218c907f0000000000000000000000000000000000000000000000000000000000000000906c01000000000000000000000000900464ffffffffff16615578565b60028601549091505f906bffffffffffffffffffffffff16158015906121c0575085546bffffffffffffffffffffffff1615155b80156121cc5750814211155b604080516101408101825288546bffffffffffffffffffffffff80821683526c010000000000000000000000009091048116602083015260018a01541691810191909152606081018790526080810186905290915060a0810184612230575f612254565b600288015471010000000000000000000000000000000000900466ffffffffffffff165b66ffffffffffffff1681526020018461226d575f612296565b60028801547801000000000000000000000000000000000000000000000000900464ffffffffff165b64ffffffffff168152602001826122ad575f6122cf565b600288015488546122cf916bffffffffffffffffffffffff9081169116613ab6565b8152602001826122df575f6122fc565b60028801546c01000000000000000000000000900464ffffffffff165b64ffffffffff16815260200182612313575f612315565b835b905298975050505050505050565b6001545f80549091611adf9166ffffffffffffff6c01000000000000000000000000830481169264ffffffffff7301000000000000000000000000000000000000009091041691790100000000000000000000000000000000000000000000000000900416613633565b612395612989565b5f546123bf9074010000000000000000000000000000000000000000900464ffffffffff166133e0565b611a988161341d565b6123d0612989565b6005546123f29073ffffffffffffffffffffffffffffffffffffffff166129be565b6123fc82826141b4565b5f6124056124c6565b61240f9042615578565b905060405180604001604052808381526020018281525060075f85600681111561243b5761243b61558b565b600681111561244c5761244c61558b565b81526020808201929092526040015f208251815591015160019091015582600681111561247b5761247b61558b565b7f237af1a06ba0f38639c45568054011dd3be15a2f79be3b8c58116193cdce5afe83836124ab6212750082615578565b60408051938452602084019290925290820152606001611cf9565b5f611adf6202a3007f0000000000000000000000000000000000000000000000000000000000000000615578565b6124fc612989565b6003546c0100000000000000000000000090046bffffffffffffffffffffffff165f81900361252b5750611684565b600654600380547fffffffffffffffff000000000000000000000000ffffffffffffffffffffffff1690556040516bffffffffffffffffffffffff8316815273ffffffffffffffffffffffffffffffffffffffff9091169081907f9dc46f23cfb5ddcad0ae7ea2be38d47fec07bb9382ec7e564efc69e036dd66ce9060200160405180910390a261260173ffffffffffffffffffffffffffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016826bffffffffffffffffffffffff85166132e7565b5050610ae9612a2b565b612613612989565b61261c84613347565b61266a576040517fd980505600000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff85166004820152602401610b40565b61205f33858561205a6120533389604080517f85b34c24728dd3fbcb0f5d113659fd35154892a2982f1cb9ddcad64723cd934460208083019190915273ffffffffffffffffffffffffffffffffffffffff9490941681830152606080820193909352815180820390930183526080019052805191012090565b5f805481906127159062278d009074010000000000000000000000000000000000000000900464ffffffffff16615578565b4210159050806127705760045461276b9074010000000000000000000000000000000000000000900464ffffffffff167f0000000000000000000000000000000000000000000000000000000000000000615548565b612792565b7f00000000000000000000000000000000000000000000000000000000000000005b91505090565b6127a0612989565b6005546127c29073ffffffffffffffffffffffffffffffffffffffff166129be565b5f6127cc82612c0f565b9050806020015142101561281b5760208101516040517fb2b86c140000000000000000000000000000000000000000000000000000000081526004810191909152426024820152604401610b40565b5f62127500826020015161282f9190615578565b905080421115612874576040517f3614fd1d00000000000000000000000000000000000000000000000000000000815260048101829052426024820152604401610b40565b60075f8460068111156128895761288961558b565b600681111561289a5761289a61558b565b815260208101919091526040015f9081208181556001015581516128bf90849061367f565b8260068111156128d1576128d161558b565b82516040519081527f0277c4cc794f4d787b9110dd3ddb31886265044d13ba51f3aeeba484ad423d5a9060200160405180910390a25050610e3d612a2b565b612918612989565b335f908152600860205260408120600201546bffffffffffffffffffffffff169003612972576040517f99e3987e000000000000000000000000000000000000000000000000000000008152336004820152602401610b40565b335f90815260086020526040902061168490613273565b6129916143c7565b610ae960017f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005b90614420565b3373ffffffffffffffffffffffffffffffffffffffff821614610e3d576040517f64209d7000000000000000000000000000000000000000000000000000000000815233600482015273ffffffffffffffffffffffffffffffffffffffff82166024820152604401610b40565b610ae95f7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f006129b8565b60018101545f908190790100000000000000000000000000000000000000000000000000900460ff168015612ab1575060028301547801000000000000000000000000000000000000000000000000900464ffffffffff164210155b15612b09576002830154600384015466ffffffffffffff7101000000000000000000000000000000000090920482169350612b029181169064ffffffffff6701000000000000009091041684613633565b9050915091565b82547f0100000000000000000000000000000000000000000000000000000000000000900460ff16612b5b577f0000000000000000000000000000000000000000000000000000000000000000612b83565b82547801000000000000000000000000000000000000000000000000900466ffffffffffffff165b60018401549092507801000000000000000000000000000000000000000000000000900460ff16612bb45781612b02565b6001830154612b02906c01000000000000000000000000810466ffffffffffffff1690730100000000000000000000000000000000000000900464ffffffffff1684613633565b5f8282188284110282185b90505b92915050565b604080518082019091525f808252602082015260075f836006811115612c3757612c3761558b565b6006811115612c4857612c4861558b565b815260208082019290925260409081015f9081208251808401909352805483526001015492820183905290925003612cae57816040517f2606de91000000000000000000000000000000000000000000000000000000008152600401610b409190615681565b919050565b5f6b010000000000000000000000821615612d365773ffffffffffffffffffffffffffffffffffffffff8381165f908152600a602090815260409182902082518084019093525492831682527401000000000000000000000000000000000000000090920464ffffffffff16918101829052904210612d3457519050612c09565b505b50606081901c80612c09575090919050565b5f808267ffffffffffffffff811115612d6357612d63615654565b604051908082528060200260200182016040528015612d8c578160200160208202803683370190505b5090505f5b83811015612e94577fd6c0d1fe7657e7332b3f57004ee1759956f750b1ee23b7a9b88a54167283d8e6858583818110612dcc57612dcc61568f565b612de29260206060909202019081019150615102565b868684818110612df457612df461568f565b90506060020160200135878785818110612e1057612e1061568f565b90506060020160400135604051602001612e59949392919093845273ffffffffffffffffffffffffffffffffffffffff9290921660208401526040830152606082015260800190565b60405160208183030381529060405280519060200120828281518110612e8157612e8161568f565b6020908102919091010152600101612d91565b5080604051602001612ea691906156bc565b6040516020818303038152906040528051906020012091505092915050565b604080516060810182525f805473ffffffffffffffffffffffffffffffffffffffff8116835274010000000000000000000000000000000000000000810464ffffffffff166020840181905279010000000000000000000000000000000000000000000000000090910466ffffffffffffff169383019390935291612f49906133e0565b5f612f5d612f5687614427565b868661446e565b50509050815f015173ffffffffffffffffffffffffffffffffffffffff168173ffffffffffffffffffffffffffffffffffffffff16141580612fb3575073ffffffffffffffffffffffffffffffffffffffff8116155b1561300d5781516040517f2ba166fc00000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff80841660048301529091166024820152604401610b40565b506040015166ffffffffffffff1690505b9392505050565b6040805160808101825260025466ffffffffffffff8082168084526701000000000000008304909116602084018190526e010000000000000000000000000000830464ffffffffff1694840185905273010000000000000000000000000000000000000090920461ffff1660608401525f9384926130a592909190613633565b90505f80805b86811015613114575f5f6130ea8a8a858181106130ca576130ca61568f565b90506060020186886130dc9190615548565b896060015161ffff166144b5565b90925090506130f98286615578565b94506131058185615578565b935050508060010190506130ab565b50815f03613128575f945050505050612c09565b6131328284615548565b600280547fffffffffffffffffffffffffff000000000000000000000000ffffffffffffff1667010000000000000066ffffffffffffff93909316929092027fffffffffffffffffffffffffff0000000000ffffffffffffffffffffffffffff16919091176e0100000000000000000000000000004264ffffffffff1602179055600380548391905f906131d59084906bffffffffffffffffffffffff166155dc565b92506101000a8154816bffffffffffffffffffffffff02191690836bffffffffffffffffffffffff1602179055508060035f01600c8282829054906101000a90046bffffffffffffffffffffffff1661322e91906155b8565b92506101000a8154816bffffffffffffffffffffffff02191690836bffffffffffffffffffffffff16021790555080826132689190615548565b979650505050505050565b60028101546040516bffffffffffffffffffffffff909116815233907fc13b3459e1e44bb22a6eaf26970a9cbea34628d966d84909f839f724003175e39060200160405180910390a260020180547fffffffffffffffffffffffffffffffffffffffff000000000000000000000000169055565b6132f483838360016148e9565b613342576040517f5274afe700000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff84166004820152602401610b40565b505050565b5f73ffffffffffffffffffffffffffffffffffffffff8216158015906133b957507f000000000000000000000000000000000000000000000000000000000000000073ffffffffffffffffffffffffffffffffffffffff168273ffffffffffffffffffffffffffffffffffffffff1614155b8015612c09575073ffffffffffffffffffffffffffffffffffffffff821630141592915050565b80421015610e3d576040517f0bf7261300000000000000000000000000000000000000000000000000000000815260048101829052602401610b40565b805f03613455576040517e437e0200000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b335f908152600860205260409020600354613483906119df9084906bffffffffffffffffffffffff16615578565b600380547fffffffffffffffffffffffffffffffffffffffff000000000000000000000000166bffffffffffffffffffffffff9283161790558154839183915f916134d0918591166155b8565b82546101009290920a6bffffffffffffffffffffffff81810219909316918316021790915560028301541615905061350b5761350b81613273565b60405182815233907f2da466a7b24304f47e87fa2e1e5a81b9831ce54fec19055ce277ca2f39ba42c49060200160405180910390a2611d0a73ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000163330856135d7565b5f6bffffffffffffffffffffffff8211156135d3576040517f6dfcc6500000000000000000000000000000000000000000000000000000000081526060600482015260248101839052604401610b40565b5090565b6135e5848484846001614971565b61133c576040517f5274afe700000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff85166004820152602401610b40565b5f81841061364257508261301e565b61367782620151806136548642615548565b61365e90866156f1565b6136689190615708565b6136729087615578565b613ab6565b949350505050565b61368982826141b4565b5f82600681111561369c5761369c61558b565b036136e6575f805473ffffffffffffffffffffffffffffffffffffffff83167fffffffffffffffffffffffff00000000000000000000000000000000000000009091161790555050565b60018260068111156136fa576136fa61558b565b03613745576004805473ffffffffffffffffffffffffffffffffffffffff83167fffffffffffffffffffffffff00000000000000000000000000000000000000009091161790555050565b60028260068111156137595761375961558b565b036137a4576005805473ffffffffffffffffffffffffffffffffffffffff83167fffffffffffffffffffffffff00000000000000000000000000000000000000009091161790555050565b60038260068111156137b8576137b861558b565b03613803576006805473ffffffffffffffffffffffffffffffffffffffff83167fffffffffffffffffffffffff00000000000000000000000000000000000000009091161790555050565b60048260068111156138175761381761558b565b03613910576002545f9061385b9066ffffffffffffff670100000000000000820481169164ffffffffff6e0100000000000000000000000000008204169116613633565b90506138678183613ab6565b600280547fffffffffffffffffffffffffff000000000000000000000000ffffffffffffff1667010000000000000066ffffffffffffff938416027fffffffffffffffffffffffffff0000000000ffffffffffffffffffffffffffff16176e0100000000000000000000000000004264ffffffffff1602177fffffffffffffffffffffffffffffffffffffffffffffffffff000000000000001693909116929092179091555050565b60058260068111156139245761392461558b565b03613a6c576001545f805490916139939166ffffffffffffff6c01000000000000000000000000830481169264ffffffffff7301000000000000000000000000000000000000009091041691790100000000000000000000000000000000000000000000000000900416613633565b905061399f8183613ab6565b600180547fffffffffffffffff000000000000000000000000ffffffffffffffffffffffff166c0100000000000000000000000066ffffffffffffff938416027fffffffffffffffff0000000000ffffffffffffffffffffffffffffffffffffff16177301000000000000000000000000000000000000004264ffffffffff16021790555f805478ffffffffffffffffffffffffffffffffffffffffffffffffff167901000000000000000000000000000000000000000000000000009490921693909302179091555050565b6002805461ffff8316730100000000000000000000000000000000000000027fffffffffffffffffffffff0000ffffffffffffffffffffffffffffffffffffff9091161790555050565b5f828218828410028218612c06565b6040517f85b34c24728dd3fbcb0f5d113659fd35154892a2982f1cb9ddcad64723cd93448082525f9160608101600585901b845b81811015613b1e5760408160011b890160208601376060842083820152602001613af9565b50902095945050505050565b604080516060810182526001546bffffffffffffffffffffffff811682526c01000000000000000000000000810466ffffffffffffff166020830181905273010000000000000000000000000000000000000090910464ffffffffff1692820183905290915f91613b9b9186613633565b90505f83835f01516bffffffffffffffffffffffff16613bbb9190615578565b90505f613bc88284613ab6565b90505f613bd6898984614a04565b613be09083615548565b9050805f03613c32578515613c2857600180547fffffffffffffffffffffffffffffffffffffffff000000000000000000000000166bffffffffffffffffffffffff85161790555b505050505061133c565b60405180606001604052808285613c499190615548565b6bffffffffffffffffffffffff168152602001613c668387615548565b66ffffffffffffff908116825264ffffffffff42811660209384015283516001805494860151604090960151909216730100000000000000000000000000000000000000027fffffffffffffffff0000000000ffffffffffffffffffffffffffffffffffffff959093166c01000000000000000000000000027fffffffffffffffffffffffffff000000000000000000000000000000000000009094166bffffffffffffffffffffffff909116179290921792909216919091179055505050505050505050565b6060611adf7f0000000000000000000000000000000000000000000000000000000000000000614d29565b6060611adf7f0000000000000000000000000000000000000000000000000000000000000000614d29565b73ffffffffffffffffffffffffffffffffffffffff84165f90815260096020526040902080546affffffffffffffffffffff8116808511613e16576040517fe014381b00000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff881660048201526024810186905260448101829052606401610b40565b73ffffffffffffffffffffffffffffffffffffffff8616613e3e57613e3b8783612cb3565b95505b613e4786613347565b613e95576040517fd980505600000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff87166004820152602401610b40565b5f613ea08287615548565b604080516060810182526001546bffffffffffffffffffffffff811682526c01000000000000000000000000810466ffffffffffffff166020830181905273010000000000000000000000000000000000000090910464ffffffffff16928201839052929350915f91613f14919089613633565b90505f613f3684613672855f01516bffffffffffffffffffffffff1685613ab6565b9050805f03613fb057815f03613f7b576040517f2b4b67ee00000000000000000000000000000000000000000000000000000000815260048101899052602401610b40565b6040517fbc2d345000000000000000000000000000000000000000000000000000000000815260048101859052602401610b40565b613fba8187615578565b8755604080516060810190915283518190613fe49084906bffffffffffffffffffffffff16615548565b6bffffffffffffffffffffffff1681526020016140018385615548565b66ffffffffffffff908116825264ffffffffff42811660209384015283516001805494860151604096870151909316730100000000000000000000000000000000000000027fffffffffffffffff0000000000ffffffffffffffffffffffffffffffffffffff939094166c01000000000000000000000000027fffffffffffffffffffffffffff000000000000000000000000000000000000009095166bffffffffffffffffffffffff9092169190911793909317161790555173ffffffffffffffffffffffffffffffffffffffff8c16907fd8138f8a3f377c5259ca548e70e4c2de94f129f5a11036a15b69513cba2b426a906141029084815260200190565b60405180910390a2838110156141665773ffffffffffffffffffffffffffffffffffffffff8b167f5d8666b22108bb106dc39ef7f0de1b2c0cb28ebea34fc3828e7039bb94c0c9206141548387615548565b60405190815260200160405180910390a25b6141a773ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168b836132e7565b5050505050505050505050565b60038260068111156141c8576141c861558b565b11614360578073ffffffffffffffffffffffffffffffffffffffff8111806141f657506141f481613347565b155b156142315782826040517f260acfd4000000000000000000000000000000000000000000000000000000008152600401610b40929190615639565b5f808460068111156142455761424561558b565b1415801561426c57505f5473ffffffffffffffffffffffffffffffffffffffff8381169116145b806142ae575060018460068111156142865761428661558b565b141580156142ae575060045473ffffffffffffffffffffffffffffffffffffffff8381169116145b806142f0575060028460068111156142c8576142c861558b565b141580156142f0575060055473ffffffffffffffffffffffffffffffffffffffff8381169116145b90508080156143115750600384600681111561430e5761430e61558b565b14155b1561133c576040517f7b51e33100000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff83166004820152602401610b40565b60068260068111156143745761437461558b565b146143865766ffffffffffffff61438a565b6127105b811115611d0a5781816040517f260acfd4000000000000000000000000000000000000000000000000000000008152600401610b40929190615639565b7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005c15610ae9576040517f3ee5aeb500000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b80825d5050565b5f612c09614433614d66565b836040517f19010000000000000000000000000000000000000000000000000000000000008152600281019290925260228201526042902090565b5f808060418490036144a2578435602086013560408701355f1a61449489828585614e9c565b9550955095505050506144ac565b505f915060029050825b93509350939050565b5f80806008816144c86020890189615102565b73ffffffffffffffffffffffffffffffffffffffff1681526020808201929092526040015f90812080549093506c0100000000000000000000000090046bffffffffffffffffffffffff169188013582810390811115029050805f03614536575f5f945094505050506148e1565b5f5f61454185612a55565b865491935091506bffffffffffffffffffffffff1661456d6145638583613ab6565b6136728c85613ab6565b975087156148725760018601546bffffffffffffffffffffffff165f61459f8660408f01358481039081111502613ab6565b90506145ab8a88615578565b96506145ed6145be8b613672848a615548565b6145c8908c615548565b6136726127106145d88f8c6156f1565b6145e29190615708565b858103908111150290565b98506145f98983615578565b91506146058a84615548565b88546bffffffffffffffffffffffff9182167fffffffffffffffff000000000000000000000000000000000000000000000000909116176c01000000000000000000000000898316021789556001890180547fffffffffffffffffffffffffffffffffffffffff000000000000000000000000169184169190911790819055790100000000000000000000000000000000000000000000000000900460ff16156146b3576146b3888b614f8f565b61480088866146c28d88615548565b82547f010000000000000000000000000000000000000000000000000000000000000077ffffffffffffffffffffffffffffffffffffffffffffffff909116780100000000000000000000000000000000000000000000000066ffffffffffffff94851681027effffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff1691909117919091178455600190930180547fffffffffffffffff000000000000000000000000ffffffffffffffffffffffff166c0100000000000000000000000092909316919091027fffffffffffffffff0000000000ffffffffffffffffffffffffffffffffffffff16919091177301000000000000000000000000000000000000004264ffffffffff1602177fffffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffff169091179055565b61480d60208e018e615102565b60408051898152602081018590529081018c9052606081018b905273ffffffffffffffffffffffffffffffffffffffff91909116907f0d3c9578af6bc84de6b75dd175fc93622eca1bea6cdd09237d15a726cd271f539060800160405180910390a250505b838810156148da5761488760208c018c615102565b73ffffffffffffffffffffffffffffffffffffffff167fcf0bd579dd7e7f0a2a5ab099e44cf0408f8771394ec0a6d82f2854f832c638116148c88a87615548565b60405190815260200160405180910390a25b5050505050505b935093915050565b6040517fa9059cbb000000000000000000000000000000000000000000000000000000005f81815273ffffffffffffffffffffffffffffffffffffffff8616600452602485905291602083604481808b5af1925060015f51148316614965578383151615614959573d5f823e3d81fd5b5f873b113d1516831692505b60405250949350505050565b6040517f23b872dd000000000000000000000000000000000000000000000000000000005f81815273ffffffffffffffffffffffffffffffffffffffff8781166004528616602452604485905291602083606481808c5af1925060015f511483166149f35783831516156149e7573d5f823e3d81fd5b5f883b113d1516831692505b604052505f60605295945050505050565b5f805b83811015614d205736858583818110614a2257614a2261568f565b6040029190910191505f9050614a3b6020830183615102565b73ffffffffffffffffffffffffffffffffffffffff81165f908152600960209081526040909120805492935090840135916affffffffffffffffffffff81168311614a8a575050505050614d18565b6affffffffffffffffffffff818116909303925f908211614aab5784614ab5565b614ab58583612cb3565b90505f898510614ac55789614ac7565b845b9050801580614aea575073ffffffffffffffffffffffffffffffffffffffff8216155b80614b4057507f000000000000000000000000000000000000000000000000000000000000000073ffffffffffffffffffffffffffffffffffffffff168273ffffffffffffffffffffffffffffffffffffffff16145b80614b60575073ffffffffffffffffffffffffffffffffffffffff821630145b15614bc1578573ffffffffffffffffffffffffffffffffffffffff167f5d8666b22108bb106dc39ef7f0de1b2c0cb28ebea34fc3828e7039bb94c0c92086604051614bad91815260200190565b60405180910390a250505050505050614d18565b8281018455614c0773ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168383615092565b15614cc157808a0399508573ffffffffffffffffffffffffffffffffffffffff167fd8138f8a3f377c5259ca548e70e4c2de94f129f5a11036a15b69513cba2b426a82604051614c5991815260200190565b60405180910390a284811015614cbc578573ffffffffffffffffffffffffffffffffffffffff167f5d8666b22108bb106dc39ef7f0de1b2c0cb28ebea34fc3828e7039bb94c0c920828703604051614cb391815260200190565b60405180910390a25b614d10565b82845560405185815273ffffffffffffffffffffffffffffffffffffffff8716907f5d8666b22108bb106dc39ef7f0de1b2c0cb28ebea34fc3828e7039bb94c0c9209060200160405180910390a25b505050505050505b600101614a07565b50909392505050565b60605f614d358361509f565b6040805160208082528183019092529192505f91906020820181803683375050509182525060208101929092525090565b5f3073ffffffffffffffffffffffffffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016148015614dcb57507f000000000000000000000000000000000000000000000000000000000000000046145b15614df557507f000000000000000000000000000000000000000000000000000000000000000090565b611adf604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201527f0000000000000000000000000000000000000000000000000000000000000000918101919091527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b5f80807f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0841115614ed557505f91506003905082614f85565b604080515f808252602082018084528a905260ff891692820192909252606081018790526080810186905260019060a0016020604051602081039080840390855afa158015614f26573d5f5f3e3d5ffd5b50506040517fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0015191505073ffffffffffffffffffffffffffffffffffffffff8116614f7c57505f925060019150829050614f85565b92505f91508190505b9450945094915050565b60028201547801000000000000000000000000000000000000000000000000900464ffffffffff164210614fe9575060010180547fffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffffff169055565b600382015460028301545f916150339166ffffffffffffff80831692670100000000000000900464ffffffffff169171010000000000000000000000000000000000900416613633565b90508181038181111502600393909301805466ffffffffffffff9094167fffffffffffffffffffffffffffffffffffffffff000000000000000000000000909416939093176701000000000000004264ffffffffff1602179092555050565b5f6136778484845f6148e9565b5f60ff8216601f811115612c09576040517fb3512b0c00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b803573ffffffffffffffffffffffffffffffffffffffff81168114612cae575f5ffd5b5f60208284031215615112575f5ffd5b612c06826150df565b5f6020828403121561512b575f5ffd5b5035919050565b803560078110612cae575f5ffd5b5f60208284031215615150575f5ffd5b612c0682615132565b5f5f83601f840112615169575f5ffd5b50813567ffffffffffffffff811115615180575f5ffd5b60208301915083602060608302850101111561519a575f5ffd5b9250929050565b5f5f83601f8401126151b1575f5ffd5b50813567ffffffffffffffff8111156151c8575f5ffd5b60208301915083602082850101111561519a575f5ffd5b5f5f5f5f604085870312156151f2575f5ffd5b843567ffffffffffffffff811115615208575f5ffd5b61521487828801615159565b909550935050602085013567ffffffffffffffff811115615233575f5ffd5b61523f878288016151a1565b95989497509550505050565b5f5f5f5f5f60a0868803121561525f575f5ffd5b8535945060208601359350604086013560ff8116811461527d575f5ffd5b94979396509394606081013594506080013592915050565b5f5f604083850312156152a6575f5ffd5b6152af83615132565b946020939093013593505050565b5f5f83601f8401126152cd575f5ffd5b50813567ffffffffffffffff8111156152e4575f5ffd5b6020830191508360208260061b850101111561519a575f5ffd5b5f5f5f5f60408587031215615311575f5ffd5b843567ffffffffffffffff811115615327575f5ffd5b615214878288016152bd565b5f81518084528060208401602086015e5f6020828601015260207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f83011685010191505092915050565b7fff000000000000000000000000000000000000000000000000000000000000008816815260e060208201525f6153b960e0830189615333565b82810360408401526153cb8189615333565b6060840188905273ffffffffffffffffffffffffffffffffffffffff8716608085015260a0840186905283810360c0850152845180825260208087019350909101905f5b8181101561542d57835183526020938401939092019160010161540f565b50909b9a5050505050505050505050565b5f5f5f5f5f5f60608789031215615453575f5ffd5b863567ffffffffffffffff811115615469575f5ffd5b61547589828a01615159565b909750955050602087013567ffffffffffffffff811115615494575f5ffd5b6154a089828a016152bd565b909550935050604087013567ffffffffffffffff8111156154bf575f5ffd5b6154cb89828a016151a1565b979a9699509497509295939492505050565b5f5f5f5f606085870312156154f0575f5ffd5b6154f9856150df565b935060208501359250604085013567ffffffffffffffff811115615233575f5ffd5b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b81810381811115612c0957612c0961551b565b64ffffffffff8281168282160390811115612c0957612c0961551b565b80820180821115612c0957612c0961551b565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b6bffffffffffffffffffffffff8181168382160190811115612c0957612c0961551b565b6bffffffffffffffffffffffff8281168282160390811115612c0957612c0961551b565b60078110615635577f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b9052565b604081016156478285615600565b8260208301529392505050565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b60208101612c098284615600565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b81515f90829060208501835b828110156156e65781518452602093840193909101906001016156c8565b509195945050505050565b8082028115828204841417612c0957612c0961551b565b5f8261573b577f4e487b71000000000000000000000000000000000000000000000000000000005f52601260045260245ffd5b50049056' as const
